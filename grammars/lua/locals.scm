; What defines a name, and where it is known. Captures: ../README.md. An empty body has no node, so
; scopes end with the word that ends the block.

(function_declaration parameters: (_) @scope "end" @scope)
(function_definition parameters: (_) @scope "end" @scope)
(for_statement) @scope
(do_statement) @scope
(while_statement) @scope
(repeat_statement) @scope
(if_statement consequence: (block) @scope)
(elseif_statement) @scope
(else_statement) @scope
(variable_declaration) @declaration

(function_declaration name: (identifier) @definition.function)
(function_declaration
  name: (dot_index_expression table: (_) @owner field: (identifier) @definition.function))
(function_declaration
  name: (method_index_expression table: (_) @owner method: (identifier) @definition.function))
(assignment_statement
  (variable_list
    name: (dot_index_expression table: (_) @owner field: (identifier) @definition.function))
  (expression_list value: (function_definition)))

(variable_declaration
  (assignment_statement
    (variable_list name: (identifier) @definition.import)
    (expression_list value: (function_call name: (identifier) @_require)))
  (#eq? @_require "require"))
(variable_declaration
  (assignment_statement
    (variable_list name: (identifier) @definition.function)
    (expression_list value: (function_definition))))

(assignment_statement
  (variable_list
    name: (dot_index_expression table: (identifier) @owner field: (identifier) @definition.field)))

(parameters name: (identifier) @definition.parameter)
(for_numeric_clause name: (identifier) @definition.variable)
(for_generic_clause (variable_list name: (identifier) @definition.variable))
(variable_declaration (variable_list name: (identifier) @definition.variable))
(variable_declaration
  (assignment_statement (variable_list name: (identifier) @definition.variable)))
(assignment_statement (variable_list name: (identifier) @definition.variable))
