; What defines a name, and where it is known. Captures: ../README.md. Variables have their `$`,
; fields have not, as they are used.

(function_definition parameters: (_) @scope body: (_) @scope)
(method_declaration parameters: (_) @scope body: (_) @scope)
(method_declaration parameters: (_) @scope !body)
(anonymous_function parameters: (_) @scope body: (_) @scope)
((arrow_function) @scope (#set! end "line"))
(assignment_expression) @declaration

(class_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(interface_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(trait_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(enum_declaration name: (_) @owner @definition.type body: (_) @scope.type)

(function_definition name: (_) @definition.function)
(function_definition name: (_) @definition.function return_type: (_) @type)
(method_declaration name: (_) @definition.function)
(method_declaration name: (_) @definition.function return_type: (_) @type)

(property_declaration (property_element name: (variable_name (name) @definition.field)))
(property_declaration type: (_) @type
  (property_element name: (variable_name (name) @definition.field)))
(property_promotion_parameter name: (variable_name (name) @definition.field))
(property_promotion_parameter type: (_) @type name: (variable_name (name) @definition.field))
(const_declaration (const_element . (name) @definition.field))
(enum_case name: (_) @definition.field)
(assignment_expression
  left: (member_access_expression object: (variable_name) @_this name: (name) @definition.field)
  (#eq? @_this "$this"))

(simple_parameter name: (variable_name) @definition.parameter)
(simple_parameter type: (_) @type name: (variable_name) @definition.parameter)
(variadic_parameter name: (variable_name) @definition.parameter)
(property_promotion_parameter name: (variable_name) @definition.parameter)
(property_promotion_parameter type: (_) @type name: (variable_name) @definition.parameter)
(catch_clause type: (_) @type name: (variable_name) @definition.parameter)

(assignment_expression left: (variable_name) @definition.variable)
(assignment_expression left: (variable_name) @definition.variable
  right: (object_creation_expression [(name) (qualified_name)] @type))
(list_literal (variable_name) @definition.variable)
(foreach_statement (_) . (variable_name) @definition.variable)
(foreach_statement (_) . (by_ref (variable_name) @definition.variable))
(foreach_statement (pair (variable_name) @definition.variable))
(anonymous_function_use_clause (variable_name) @definition.variable)
(static_variable_declaration name: (variable_name) @definition.variable)
(global_declaration (variable_name) @definition.variable)

(namespace_use_clause (qualified_name (name) @definition.import) !alias)
(namespace_use_clause (name) @definition.import !alias)
(namespace_use_clause alias: (name) @definition.import)
