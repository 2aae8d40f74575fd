; What defines a name, and where it is known. Captures: ../README.md. A variable is known in the
; whole script unless a function declares it its own.

(variable_assignment) @declaration

(function_definition name: (_) @definition.function)
(function_definition
  body: (compound_statement
    (declaration_command "local" (variable_assignment name: (variable_name) @definition.variable)))
  @scope)
(function_definition
  body: (compound_statement
    (declaration_command "local" (variable_name) @definition.variable)) @scope)
(variable_assignment name: (variable_name) @definition.variable)
(declaration_command (variable_name) @definition.variable)
(for_statement variable: (variable_name) @definition.variable)
