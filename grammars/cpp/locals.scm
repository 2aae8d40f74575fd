; What C++ adds to the queries of C, which stand before these.

(function_definition
  declarator: (reference_declarator (function_declarator parameters: (_) @scope))
  body: (_) @scope)
(field_declaration
  declarator: (pointer_declarator declarator: (function_declarator parameters: (_) @scope)))
(field_declaration declarator: (reference_declarator (function_declarator parameters: (_) @scope)))
(declaration declarator: (reference_declarator (function_declarator parameters: (_) @scope)))
(lambda_expression) @scope
(for_range_loop) @scope
(if_statement) @scope
(while_statement) @scope
(catch_clause) @scope

(class_specifier name: (_) @owner @definition.type body: (_) @scope.type)
(struct_specifier name: (template_type name: (_) @owner @definition.type) body: (_) @scope.type)
(class_specifier body: (_) @scope.type)
(namespace_definition name: (namespace_identifier) @definition.type)
(namespace_definition body: (_) @scope.type)
(alias_declaration name: (_) @definition.type)
(template_declaration
  parameters: (template_parameter_list
    (type_parameter_declaration (type_identifier) @definition.type))) @scope
(template_declaration
  parameters: (template_parameter_list
    (variadic_type_parameter_declaration (type_identifier) @definition.type))) @scope

(function_declarator declarator: (field_identifier) @definition.function)
(field_declaration type: (_) @type
  declarator: (function_declarator declarator: (field_identifier) @definition.function))
(function_definition type: (_) @type
  declarator: (function_declarator declarator: (field_identifier) @definition.function))
(function_declarator
  declarator: (qualified_identifier scope: (_) @owner name: (identifier) @definition.function))
(function_declarator
  declarator: (qualified_identifier
    name: (qualified_identifier scope: (_) @owner name: (identifier) @definition.function)))

(field_declaration type: (_) @type
  declarator: (reference_declarator (field_identifier) @definition.field))

(parameter_declaration type: (_) @type
  declarator: (reference_declarator (identifier) @definition.parameter))
(optional_parameter_declaration type: (_) @type declarator: (identifier) @definition.parameter)
(optional_parameter_declaration type: (_) @type
  declarator: (pointer_declarator declarator: (identifier) @definition.parameter))
(optional_parameter_declaration type: (_) @type
  declarator: (reference_declarator (identifier) @definition.parameter))
(variadic_declarator (identifier) @definition.parameter)

(declaration type: (_) @type
  declarator: (init_declarator
    declarator: (reference_declarator (identifier) @definition.variable)))
(for_range_loop type: (_) @type declarator: (identifier) @definition.variable)
(for_range_loop type: (_) @type
  declarator: (reference_declarator (identifier) @definition.variable))
(reference_declarator (identifier) @definition.variable)
(structured_binding_declarator (identifier) @definition.variable)
(lambda_capture_initializer left: (identifier) @definition.variable)

(using_declaration (qualified_identifier name: (identifier) @definition.import))
