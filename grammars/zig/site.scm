; Containers and switches have no node for their braces: the two braces are captured instead.

(function_declaration body: (block) @function.body) @function
(test_declaration (block) @function.body) @function

(block) @block
(switch_expression "{" @arms "}" @arms)

(struct_declaration "{" @type.body "}" @type.body) @type
(enum_declaration "{" @type.body "}" @type.body) @type
(union_declaration "{" @type.body "}" @type.body) @type
(opaque_declaration "{" @type.body "}" @type.body) @type
(error_set_declaration "{" @type.body "}" @type.body) @type

((variable_declaration (builtin_function (builtin_identifier) @_name)) @import
  (#eq? @_name "@import"))

(parameters) @parameters
(arguments) @arguments
(call_expression "(" @arguments ")" @arguments)
(initializer_list) @table

(string) @string
((multiline_string) @string (#set! end "line"))
((comment) @comment (#set! end "line"))
