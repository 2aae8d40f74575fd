; What defines a name, and where it is known. Captures: ../README.md. A type is a constant whose
; value is a struct.

(function_declaration (parameters) @scope body: (_) @scope)
(function_declaration (parameters) @scope !body)
(block) @scope
(for_statement) @scope
(while_statement) @scope
(if_statement) @scope
(variable_declaration) @declaration

(variable_declaration . (identifier) @owner @definition.type (struct_declaration) @scope.type)
(variable_declaration . (identifier) @owner @definition.type (enum_declaration) @scope.type)
(variable_declaration . (identifier) @owner @definition.type (union_declaration) @scope.type)
(struct_declaration) @scope.type
(enum_declaration) @scope.type
(union_declaration) @scope.type

(variable_declaration . (identifier) @definition.import
  (builtin_function (builtin_identifier) @_import) (#eq? @_import "@import"))
(function_declaration name: (_) @definition.function)
(function_declaration name: (_) @definition.function type: (_) @type)
(container_field name: (identifier) @definition.field)
(container_field name: (identifier) @definition.field type: (_) @type)
(parameter name: (_) @definition.parameter)
(parameter name: (_) @definition.parameter type: (_) @type)
(variable_declaration . (identifier) @definition.variable)
(variable_declaration . (identifier) @definition.variable type: (_) @type)
(payload (identifier) @definition.variable)
