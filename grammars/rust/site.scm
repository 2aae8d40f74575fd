; What the code around the cursor is. Roles and settings: ../README.md.

(function_item body: (block) @function.body) @function
(function_signature_item) @function
(closure_expression body: (block) @function.body) @function
((closure_expression) @function (#set! end "line"))

(block) @block
(match_block) @arms

(struct_item) @type
(enum_item) @type
(union_item) @type
(trait_item body: (declaration_list) @type.body) @type
(impl_item body: (declaration_list) @type.body) @type
(field_declaration_list) @type.body
(ordered_field_declaration_list) @type.body
(enum_variant_list) @type.body

(use_declaration) @import
(extern_crate_declaration) @import
(mod_item !body) @import

(parameters) @parameters
(closure_parameters) @parameters
(arguments) @arguments
(macro_invocation (token_tree . "(") @arguments)
(macro_invocation (token_tree . "[") @table)

(array_expression) @table
(field_initializer_list) @table

(string_literal) @string
(raw_string_literal) @string
((line_comment) @comment (#set! end "line"))
(block_comment) @comment

(attribute_item) @attribute
(inner_attribute_item) @attribute
