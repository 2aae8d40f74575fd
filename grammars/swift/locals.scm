; What defines a name, and where it is known. Captures: ../README.md. Parameters stand beside each
; other, so the scope of a function begins at the first.

(function_declaration (parameter) @scope body: (_) @scope)
(function_declaration body: (_) @scope)
(init_declaration (parameter) @scope body: (_) @scope)
(protocol_function_declaration (parameter) @scope)
(lambda_literal) @scope
(for_statement) @scope
(if_statement) @scope
(while_statement) @scope
(do_statement) @scope
(catch_block) @scope
(switch_entry) @scope
(computed_property) @scope
(property_declaration) @declaration

(class_declaration name: (_) @owner body: (_) @scope.type)
(class_declaration name: (type_identifier) @definition.type)
(protocol_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(typealias_declaration name: (type_identifier) @definition.type)

(function_declaration name: (simple_identifier) @definition.function)
(function_declaration name: (simple_identifier) @definition.function "->" . (_) @type)
(protocol_function_declaration name: (simple_identifier) @definition.function)
(enum_entry name: (simple_identifier) @definition.field)
(protocol_property_declaration
  name: (pattern bound_identifier: (simple_identifier) @definition.field))

(parameter name: (simple_identifier) @definition.parameter)
(parameter name: (simple_identifier) @definition.parameter (user_type) @type)
(lambda_parameter name: (simple_identifier) @definition.parameter)
(property_declaration name: (pattern bound_identifier: (simple_identifier) @definition.variable))
(property_declaration name: (pattern bound_identifier: (simple_identifier) @definition.variable)
  (type_annotation) @type)
(property_declaration name: (pattern bound_identifier: (simple_identifier) @definition.variable)
  value: (call_expression . (simple_identifier) @type) (#match? @type "^[A-Z]"))
(pattern bound_identifier: (simple_identifier) @definition.variable)
(if_statement bound_identifier: (simple_identifier) @definition.variable)
(guard_statement bound_identifier: (simple_identifier) @definition.variable)

(import_declaration (identifier (simple_identifier) @definition.import .))
