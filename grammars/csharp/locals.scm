; What defines a name, and where it is known. Captures: ../README.md.

(method_declaration parameters: (_) @scope body: (_) @scope)
(method_declaration parameters: (_) @scope !body)
(constructor_declaration parameters: (_) @scope body: (_) @scope)
(operator_declaration parameters: (_) @scope body: (_) @scope)
(indexer_declaration parameters: (_) @scope accessors: (_) @scope)
(local_function_statement parameters: (_) @scope body: (_) @scope)
(delegate_declaration parameters: (_) @scope)
(accessor_declaration) @scope
((lambda_expression) @scope (#set! end "line"))
(anonymous_method_expression) @scope
(block) @scope
(for_statement) @scope
(foreach_statement) @scope
(using_statement) @scope
(if_statement) @scope
(while_statement) @scope
(catch_clause) @scope
(query_expression) @scope
((switch_section) @scope (#set! end "next"))
(switch_expression_arm) @scope
(variable_declarator) @declaration

(class_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(struct_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(interface_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(record_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(record_declaration name: (_) @definition.type)
(enum_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(delegate_declaration name: (_) @definition.type)
(namespace_declaration body: (_) @scope.type)
(class_declaration
  (type_parameter_list (type_parameter name: (_) @definition.type)) body: (_) @scope)
(struct_declaration
  (type_parameter_list (type_parameter name: (_) @definition.type)) body: (_) @scope)
(interface_declaration
  (type_parameter_list (type_parameter name: (_) @definition.type)) body: (_) @scope)
(method_declaration
  type_parameters: (type_parameter_list (type_parameter name: (_) @definition.type))
  body: (_) @scope)

(method_declaration returns: (_) @type name: (_) @definition.function)
(local_function_statement type: (_) @type name: (_) @definition.function)

(field_declaration
  (variable_declaration type: (_) @type (variable_declarator name: (_) @definition.field)))
(event_field_declaration
  (variable_declaration type: (_) @type (variable_declarator name: (_) @definition.field)))
(property_declaration type: (_) @type name: (_) @definition.field)
(event_declaration type: (_) @type name: (_) @definition.field)
(enum_member_declaration name: (_) @definition.field)
(record_declaration name: (_) @owner
  (parameter_list (parameter type: (_) @type name: (_) @definition.field)))

(class_declaration
  (parameter_list (parameter type: (_) @type name: (_) @definition.parameter)) body: (_) @scope)
(struct_declaration
  (parameter_list (parameter type: (_) @type name: (_) @definition.parameter)) body: (_) @scope)
(parameter name: (_) @definition.parameter)
(parameter type: (_) @type name: (_) @definition.parameter)
(parameter_list name: (identifier) @definition.parameter)
(implicit_parameter) @definition.parameter
(catch_declaration type: (_) @type name: (_) @definition.parameter)

(variable_declaration type: (implicit_type)
  (variable_declarator name: (_) @definition.variable
    (object_creation_expression type: (_) @type)))
(variable_declaration type: (implicit_type)
  (variable_declarator name: (_) @definition.variable))
(variable_declaration type: [
    (identifier) (generic_name) (qualified_name) (predefined_type) (nullable_type) (array_type)
    (pointer_type) (ref_type) (alias_qualified_name)
  ] @type
  (variable_declarator name: (_) @definition.variable))
(foreach_statement left: (identifier) @definition.variable)
(foreach_statement type: [(identifier) (generic_name) (qualified_name) (nullable_type)] @type
  left: (identifier) @definition.variable)
(declaration_expression name: (_) @definition.variable)
(declaration_pattern type: (_) @type name: (_) @definition.variable)
(recursive_pattern name: (_) @definition.variable)
(var_pattern name: (identifier) @definition.variable)
(parenthesized_variable_designation name: (_) @definition.variable)
(from_clause name: (_) @definition.variable)

(using_directive name: (_) @definition.import)
