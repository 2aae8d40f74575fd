; An empty body has no node, so what stands before it and its `end` are captured.

(method) @function
(singleton_method) @function
(method parameters: (_) @function.body "end" @function.body)
(method !parameters name: (_) @function.body "end" @function.body)
(singleton_method parameters: (_) @function.body "end" @function.body)
(singleton_method !parameters name: (_) @function.body "end" @function.body)
(lambda) @function
(lambda body: (block) @function.body)
(lambda body: (do_block "do" @function.body "end" @function.body))

(block) @block
(do_block parameters: (_) @block "end" @block)
(do_block !parameters "do" @block "end" @block)
(begin "begin" @block "end" @block)
(if condition: (_) @block "end" @block)
(unless condition: (_) @block "end" @block)
(while condition: (_) @block body: (do "end" @block))
(until condition: (_) @block body: (do "end" @block))
(for value: (_) @block body: (do "end" @block))
(case "case" @arms "end" @arms)
(case_match "case" @arms "end" @arms)
((when body: (then) @block) (#set! end "indentation"))

(class name: (_) @type.body "end" @type.body) @type
(module name: (_) @type.body "end" @type.body) @type
(singleton_class value: (_) @type.body "end" @type.body) @type

((call !receiver method: (identifier) @_name) @import
  (#any-of? @_name "require" "require_relative" "load" "autoload") (#set! end "line"))

(method_parameters) @parameters
(block_parameters) @parameters
(lambda_parameters) @parameters
(argument_list) @arguments
(array) @table
(string_array) @table
(symbol_array) @table
(hash) @table

(string) @string
(subshell) @string
(heredoc_body) @string
(interpolation) @code
(comment) @comment
((comment) @comment (#match? @comment "^#") (#set! end "line"))
