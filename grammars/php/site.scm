; Statements are delimited by braces or by `:` and a closing word; both are blocks.

(function_definition body: (compound_statement) @function.body) @function
(method_declaration body: (compound_statement) @function.body) @function
(method_declaration !body) @function
(anonymous_function body: (compound_statement) @function.body) @function
((arrow_function) @function (#set! end "line"))

(compound_statement) @block
((colon_block) @block (#set! end "next"))
(switch_block) @arms
(match_block) @arms
((case_statement ":" @block) @block (#set! end "next"))
((default_statement ":" @block) @block (#set! end "next"))

(class_declaration body: (declaration_list) @type.body) @type
(interface_declaration body: (declaration_list) @type.body) @type
(trait_declaration body: (declaration_list) @type.body) @type
(anonymous_class body: (declaration_list) @type.body) @type
(enum_declaration body: (enum_declaration_list) @type.body) @type

(namespace_use_declaration) @import

(formal_parameters) @parameters
(arguments) @arguments
(array_creation_expression) @table

(string) @string
(encapsed_string) @string
(heredoc_body) @string
(nowdoc_body) @string
(comment) @comment
((comment) @comment (#match? @comment "^(//|#)") (#set! end "line"))
(attribute_list) @attribute
