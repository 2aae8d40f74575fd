; An empty body has no node, so the tokens around bodies are captured.

(function_declaration parameters: (_) @function.body "end" @function.body) @function
(function_definition parameters: (_) @function.body "end" @function.body) @function

(do_statement "do" @block "end" @block)
(while_statement "do" @block "end" @block)
(for_statement "do" @block "end" @block)
(if_statement "then" @block "end" @block)
(repeat_statement "repeat" @block "until" @block)

((function_call name: (_) @_name) @import (#eq? @_name "require") (#set! end "line"))

(parameters) @parameters
(arguments) @arguments
(table_constructor) @table
(string) @string
(comment) @comment
((comment) @comment (#not-match? @comment "^--\\[=*\\[") (#set! end "line"))
