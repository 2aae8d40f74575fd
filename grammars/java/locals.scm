; What defines a name, and where it is known. Captures: ../README.md.

(method_declaration parameters: (_) @scope body: (_) @scope)
(method_declaration parameters: (_) @scope !body)
(constructor_declaration parameters: (_) @scope body: (_) @scope)
((lambda_expression) @scope (#set! end "line"))
(block) @scope
(for_statement) @scope
(enhanced_for_statement) @scope
(if_statement) @scope
(while_statement) @scope
(catch_clause) @scope
(try_with_resources_statement) @scope
((switch_block_statement_group) @scope (#set! end "next"))
(switch_rule) @scope
(variable_declarator) @declaration

(class_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(interface_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(enum_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(record_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(annotation_type_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(object_creation_expression type: (_) @owner (class_body) @scope.type)
(class_declaration
  type_parameters: (type_parameters (type_parameter (type_identifier) @definition.type))
  body: (_) @scope)
(interface_declaration
  type_parameters: (type_parameters (type_parameter (type_identifier) @definition.type))
  body: (_) @scope)
(method_declaration
  type_parameters: (type_parameters (type_parameter (type_identifier) @definition.type))
  body: (_) @scope)

(method_declaration type: (_) @type name: (_) @definition.function)
(annotation_type_element_declaration type: (_) @type name: (_) @definition.function)

(field_declaration type: (_) @type
  declarator: (variable_declarator name: (identifier) @definition.field))
(constant_declaration type: (_) @type
  declarator: (variable_declarator name: (identifier) @definition.field))
(enum_constant name: (_) @definition.field)
(record_declaration name: (_) @owner
  parameters: (formal_parameters (formal_parameter type: (_) @type name: (_) @definition.field)))

(formal_parameter type: (_) @type name: (identifier) @definition.parameter)
(spread_parameter (variable_declarator name: (identifier) @definition.parameter))
(catch_formal_parameter (catch_type (_) @type) name: (identifier) @definition.parameter)
(inferred_parameters (identifier) @definition.parameter)
(lambda_expression parameters: (identifier) @definition.parameter)

(local_variable_declaration type: (_) @_var
  declarator: (variable_declarator name: (identifier) @definition.variable
    value: (object_creation_expression type: (_) @type))
  (#eq? @_var "var"))
(local_variable_declaration
  declarator: (variable_declarator name: (identifier) @definition.variable))
(local_variable_declaration type: (_) @type
  declarator: (variable_declarator name: (identifier) @definition.variable)
  (#not-eq? @type "var"))
(enhanced_for_statement type: (_) @type name: (identifier) @definition.variable)
(resource type: (_) @type name: (identifier) @definition.variable)
(instanceof_expression right: (_) @type name: (identifier) @definition.variable)
(type_pattern (_) @type . (identifier) @definition.variable)
(record_pattern_component (_) @type . (identifier) @definition.variable)

(import_declaration (scoped_identifier name: (identifier) @definition.import) .)
