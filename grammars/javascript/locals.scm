; What defines a name, and where it is known. Captures: ../README.md.

(function_declaration parameters: (_) @scope body: (_) @scope)
(function_expression parameters: (_) @scope body: (_) @scope)
(generator_function_declaration parameters: (_) @scope body: (_) @scope)
(generator_function parameters: (_) @scope body: (_) @scope)
(method_definition parameters: (_) @scope body: (_) @scope)
((arrow_function) @scope (#set! end "line"))
(statement_block) @scope
(switch_body) @scope
(for_statement) @scope
(for_in_statement) @scope
(catch_clause) @scope
(variable_declarator) @declaration

(class_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(class name: (_) @owner body: (_) @scope.type)
(variable_declarator name: (_) @owner @definition.type value: (class body: (_) @scope.type))
(class body: (_) @scope.type)

(variable_declarator name: (identifier) @definition.import
  value: (call_expression function: (identifier) @_require) (#eq? @_require "require"))
(import_clause (identifier) @definition.import)
(namespace_import (identifier) @definition.import)
(import_specifier name: (identifier) @definition.import !alias)
(import_specifier alias: (identifier) @definition.import)

(function_declaration name: (_) @definition.function)
(generator_function_declaration name: (_) @definition.function)
(variable_declarator name: (identifier) @definition.function
  value: [(arrow_function) (function_expression) (generator_function)])
(object (method_definition name: (property_identifier) @definition.field))
(method_definition name: [(property_identifier) (private_property_identifier)] @definition.function)
(assignment_expression
  left: (member_expression
    object: (member_expression object: (identifier) @owner property: (_) @_prototype)
    property: (property_identifier) @definition.function)
  right: [(arrow_function) (function_expression) (generator_function)]
  (#eq? @_prototype "prototype"))
(assignment_expression
  left: (member_expression
    object: (identifier) @owner property: (property_identifier) @definition.function)
  right: [(arrow_function) (function_expression) (generator_function)])

(field_definition
  property: [(property_identifier) (private_property_identifier)] @definition.field)
(field_definition
  property: [(property_identifier) (private_property_identifier)] @definition.field
  value: (new_expression constructor: (_) @type))
(assignment_expression
  left: (member_expression
    object: (this) property: [(property_identifier) (private_property_identifier)] @definition.field))
(assignment_expression
  left: (member_expression
    object: (this) property: [(property_identifier) (private_property_identifier)] @definition.field)
  right: (new_expression constructor: (_) @type))

(formal_parameters (identifier) @definition.parameter)
(formal_parameters (assignment_pattern left: (identifier) @definition.parameter))
(formal_parameters (rest_pattern (identifier) @definition.parameter))
(arrow_function parameter: (identifier) @definition.parameter)
(catch_clause parameter: (identifier) @definition.parameter)

(variable_declarator name: (identifier) @definition.variable)
(variable_declarator name: (identifier) @definition.variable
  value: (new_expression constructor: (_) @type))
(variable_declarator name: (identifier) @definition.variable
  value: (await_expression (new_expression constructor: (_) @type)))
(for_in_statement left: (identifier) @definition.variable)
(array_pattern (identifier) @definition.variable)
(array_pattern (assignment_pattern left: (identifier) @definition.variable))
(rest_pattern (identifier) @definition.variable)
(object_pattern (shorthand_property_identifier_pattern) @definition.variable)
(object_assignment_pattern
  left: (shorthand_property_identifier_pattern) @definition.variable)
(pair_pattern value: (identifier) @definition.variable)
(pair_pattern value: (assignment_pattern left: (identifier) @definition.variable))
