; What JavaScript has too stands first; TypeScript adds the types.

(function_declaration body: (statement_block) @function.body) @function
(function_expression body: (statement_block) @function.body) @function
(generator_function body: (statement_block) @function.body) @function
(generator_function_declaration body: (statement_block) @function.body) @function
(method_definition body: (statement_block) @function.body) @function
(arrow_function body: (statement_block) @function.body) @function
((arrow_function) @function (#set! end "line"))

(statement_block) @block
(switch_body) @arms
((switch_case ":" @block) @block (#set! end "next"))
((switch_default ":" @block) @block (#set! end "next"))

(class_declaration) @type
(class) @type
(class_body) @type.body

((import_statement) @import (#set! end "line"))
((export_statement source: (_)) @import (#set! end "line"))

(formal_parameters) @parameters
(arguments) @arguments
(array) @table
(object) @table

(string) @string
(template_string) @string
(template_substitution) @code
(comment) @comment
((comment) @comment (#match? @comment "^//") (#set! end "line"))

((decorator) @attribute (#set! end "line"))

((function_signature) @function (#set! end "line"))
(abstract_class_declaration) @type
(interface_declaration body: (interface_body) @type.body) @type
(enum_declaration body: (enum_body) @type.body) @type
(type_alias_declaration value: (object_type) @type.body) @type
