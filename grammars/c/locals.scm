; What defines a name, and where it is known. Captures: ../README.md. C++ uses it, too.

(function_definition declarator: (function_declarator parameters: (_) @scope) body: (_) @scope)
(function_definition
  declarator: (pointer_declarator declarator: (function_declarator parameters: (_) @scope))
  body: (_) @scope)
(function_definition
  declarator: (pointer_declarator
    declarator: (pointer_declarator declarator: (function_declarator parameters: (_) @scope)))
  body: (_) @scope)
(declaration declarator: (function_declarator parameters: (_) @scope))
(declaration
  declarator: (pointer_declarator declarator: (function_declarator parameters: (_) @scope)))
(field_declaration declarator: (function_declarator parameters: (_) @scope))
(type_definition declarator: (function_declarator parameters: (_) @scope))
(parameter_declaration declarator: (function_declarator parameters: (_) @scope))
(preproc_function_def parameters: (_) @scope value: (_) @scope)
(compound_statement) @scope
(for_statement) @scope
(init_declarator) @declaration

(struct_specifier name: (type_identifier) @owner @definition.type body: (_) @scope.type)
(union_specifier name: (type_identifier) @owner @definition.type body: (_) @scope.type)
(enum_specifier name: (type_identifier) @owner @definition.type body: (_) @scope.type)
(type_definition
  type: [
    (struct_specifier body: (_) @scope.type)
    (union_specifier body: (_) @scope.type)
    (enum_specifier body: (_) @scope.type)
  ]
  declarator: (type_identifier) @owner @definition.type)
(struct_specifier body: (_) @scope.type)
(union_specifier body: (_) @scope.type)
(enum_specifier body: (_) @scope.type)
(type_definition declarator: (type_identifier) @definition.type)
(pointer_declarator declarator: (type_identifier) @definition.type)

(function_declarator declarator: (identifier) @definition.function)
(function_definition type: (_) @type
  declarator: (function_declarator declarator: (identifier) @definition.function))
(function_definition type: (_) @type
  declarator: (pointer_declarator
    declarator: (function_declarator declarator: (identifier) @definition.function)))
(declaration type: (_) @type
  declarator: (function_declarator declarator: (identifier) @definition.function))
(declaration type: (_) @type
  declarator: (pointer_declarator
    declarator: (function_declarator declarator: (identifier) @definition.function)))
(preproc_function_def name: (_) @definition.function)

(field_declaration type: (_) @type declarator: (field_identifier) @definition.field)
(field_declaration type: (_) @type
  declarator: (pointer_declarator declarator: (field_identifier) @definition.field))
(pointer_declarator declarator: (field_identifier) @definition.field)
(array_declarator declarator: (field_identifier) @definition.field)
(enumerator name: (_) @definition.field)

(parameter_declaration type: (_) @type declarator: (identifier) @definition.parameter)
(parameter_declaration type: (_) @type
  declarator: (pointer_declarator declarator: (identifier) @definition.parameter))
(parameter_declaration type: (_) @type
  declarator: (pointer_declarator
    declarator: (pointer_declarator declarator: (identifier) @definition.parameter)))
(parameter_declaration
  declarator: (array_declarator declarator: (identifier) @definition.parameter))
(preproc_params (identifier) @definition.parameter)

(declaration type: (_) @type declarator: (identifier) @definition.variable)
(declaration type: (_) @type
  declarator: (pointer_declarator declarator: (identifier) @definition.variable))
(declaration type: (_) @type
  declarator: (init_declarator declarator: (identifier) @definition.variable))
(declaration type: (_) @type
  declarator: (init_declarator
    declarator: (pointer_declarator declarator: (identifier) @definition.variable)))
(pointer_declarator declarator: (identifier) @definition.variable)
(array_declarator declarator: (identifier) @definition.variable)
(preproc_def name: (_) @definition.variable)
