; What defines a name, and where it is known. Captures: ../README.md.

(function_declaration parameters: (_) @scope body: (_) @scope)
(method_declaration parameters: (_) @scope body: (_) @scope)
(func_literal parameters: (_) @scope body: (_) @scope)
(method_elem parameters: (_) @scope)
(function_type) @scope
(block) @scope
(if_statement) @scope
(for_statement) @scope
(expression_switch_statement) @scope
(type_switch_statement) @scope
((expression_case) @scope (#set! end "next"))
((type_case) @scope (#set! end "next"))
((communication_case) @scope (#set! end "next"))
((default_case) @scope (#set! end "next"))
(short_var_declaration) @declaration
(var_spec) @declaration
(const_spec) @declaration

(type_spec name: (_) @owner @definition.type
  type: (struct_type (field_declaration_list) @scope.type))
(type_spec name: (_) @owner @definition.type type: (interface_type) @scope.type)
(field_declaration_list) @scope.type
(type_spec name: (_) @definition.type)
(type_alias name: (_) @definition.type)
(function_declaration
  type_parameters: (type_parameter_list
    (type_parameter_declaration name: (identifier) @definition.type)) body: (_) @scope)
(type_spec
  type_parameters: (type_parameter_list
    (type_parameter_declaration name: (identifier) @definition.type)) type: (_) @scope)

(function_declaration name: (_) @definition.function)
(function_declaration name: (_) @definition.function result: (_) @type)
(method_declaration
  receiver: (parameter_list (parameter_declaration type: (_) @owner))
  name: (_) @definition.function)
(method_declaration
  receiver: (parameter_list (parameter_declaration type: (_) @owner))
  name: (_) @definition.function result: (_) @type)
(method_elem name: (_) @definition.function)
(method_elem name: (_) @definition.function result: (_) @type)

(field_declaration name: (_) @definition.field type: (_) @type)
(field_declaration !name type: (type_identifier) @definition.field @type)
(field_declaration !name type: (qualified_type name: (_) @definition.field @type))

(method_declaration
  receiver: (parameter_list
    (parameter_declaration name: (identifier) @definition.parameter type: (_) @type))
  body: (_) @scope)
(parameter_declaration name: (identifier) @definition.parameter type: (_) @type)
(variadic_parameter_declaration name: (identifier) @definition.parameter)

(short_var_declaration left: (expression_list (identifier) @definition.variable))
(short_var_declaration
  left: (expression_list . (identifier) @definition.variable)
  right: (expression_list . (composite_literal type: (_) @type)))
(short_var_declaration
  left: (expression_list . (identifier) @definition.variable)
  right: (expression_list . (unary_expression operand: (composite_literal type: (_) @type))))
(range_clause left: (expression_list (identifier) @definition.variable) ":=")
(receive_statement left: (expression_list (identifier) @definition.variable) ":=")
(type_switch_statement alias: (expression_list (identifier) @definition.variable))
(var_spec name: (identifier) @definition.variable)
(var_spec name: (identifier) @definition.variable type: (_) @type)
(const_spec (identifier) @definition.variable)
(const_spec (identifier) @definition.variable type: (_) @type)

(import_spec name: (package_identifier) @definition.import)
(import_spec !name path: (_) @definition.import)
