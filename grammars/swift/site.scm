; Branches and loops keep their braces to themselves: the two braces are captured.

(function_declaration body: (function_body) @function.body) @function
(init_declaration body: (function_body) @function.body) @function
(deinit_declaration body: (function_body) @function.body) @function
(lambda_literal "{" @function.body "}" @function.body) @function
(computed_property) @function.body
(computed_getter) @function.body
(computed_setter) @function.body
(protocol_function_declaration) @function

(if_statement "{" @block "}" @block)
(guard_statement "{" @block "}" @block)
(for_statement "{" @block "}" @block)
(while_statement "{" @block "}" @block)
(repeat_while_statement "{" @block "}" @block)
(do_statement "{" @block "}" @block)
(catch_block "{" @block "}" @block)
(switch_statement "{" @arms "}" @arms)
((switch_entry ":" @block) @block (#set! end "next"))

(class_declaration) @type
(protocol_declaration) @type
(class_body) @type.body
(enum_class_body) @type.body
(protocol_body) @type.body

((import_declaration) @import (#set! end "line"))

(function_declaration "(" @parameters ")" @parameters)
(init_declaration "(" @parameters ")" @parameters)
(protocol_function_declaration "(" @parameters ")" @parameters)
(value_arguments) @arguments
(array_literal) @table
(dictionary_literal) @table

(line_string_literal) @string
(multi_line_string_literal) @string
(raw_string_literal) @string
(interpolated_expression) @code
(multiline_comment) @comment
((comment) @comment (#set! end "line"))
((attribute) @attribute (#set! end "line"))
