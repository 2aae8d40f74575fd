; Bodies are blocks inside function_body; a body behind `=` is an expression and none of ours.

(function_declaration (function_body (block) @function.body)?) @function
(anonymous_function (function_body (block) @function.body)) @function
(secondary_constructor (block) @function.body) @function
(anonymous_initializer (block) @function.body) @function
(getter (function_body (block) @function.body)) @function
(setter (function_body (block) @function.body)) @function
(lambda_literal "{" @function.body "}" @function.body) @function

(block) @block
(when_expression "{" @arms "}" @arms)

(class_declaration) @type
(object_declaration) @type
(class_body) @type.body
(enum_class_body) @type.body

((import) @import (#set! end "line"))

(function_value_parameters) @parameters
(class_parameters) @parameters
(value_arguments) @arguments
(collection_literal) @table

(string_literal) @string
(multiline_string_literal) @string
(interpolation) @code
((line_comment) @comment (#set! end "line"))
(block_comment) @comment
((annotation) @attribute (#set! end "line"))
