; A class body is captured wherever it stands, so that anonymous classes have members too.

(method_declaration body: (block) @function.body) @function
(method_declaration !body) @function
(constructor_declaration body: (constructor_body) @function.body) @function
(compact_constructor_declaration body: (block) @function.body) @function
(lambda_expression body: (block) @function.body) @function
((lambda_expression) @function (#set! end "line"))

(block) @block
(switch_block) @arms
((switch_block_statement_group ":" @block) @block (#set! end "next"))

(class_declaration) @type
(interface_declaration) @type
(enum_declaration) @type
(record_declaration) @type
(annotation_type_declaration) @type
(class_body) @type.body
(interface_body) @type.body
(enum_body) @type.body
(annotation_type_body) @type.body

(import_declaration) @import
(package_declaration) @import

(formal_parameters) @parameters
(inferred_parameters) @parameters
(argument_list) @arguments
(array_initializer) @table
(element_value_array_initializer) @table

(string_literal) @string
(string_interpolation) @code
((line_comment) @comment (#set! end "line"))
(block_comment) @comment

((annotation) @attribute (#set! end "line"))
((marker_annotation) @attribute (#set! end "line"))
