; Members with `=>` are functions without a body of their own.

(method_declaration) @function
(constructor_declaration) @function
(destructor_declaration) @function
(operator_declaration) @function
(local_function_statement) @function
(accessor_declaration) @function
(method_declaration body: (block) @function.body)
(constructor_declaration body: (block) @function.body)
(destructor_declaration body: (block) @function.body)
(operator_declaration body: (block) @function.body)
(local_function_statement body: (block) @function.body)
(accessor_declaration body: (block) @function.body)
(lambda_expression body: (block) @function.body) @function
((lambda_expression) @function (#set! end "line"))
(anonymous_method_expression (block) @function.body) @function

(block) @block
(switch_body) @arms
(switch_expression "{" @arms "}" @arms)
((switch_section ":" @block) @block (#set! end "next"))

(class_declaration body: (declaration_list) @type.body) @type
(struct_declaration body: (declaration_list) @type.body) @type
(interface_declaration body: (declaration_list) @type.body) @type
(record_declaration body: (declaration_list) @type.body) @type
(record_declaration !body) @type
(enum_declaration body: (enum_member_declaration_list) @type.body) @type

(using_directive) @import

(parameter_list) @parameters
(bracketed_parameter_list) @parameters
(argument_list) @arguments
(initializer_expression) @table

(string_literal) @string
(verbatim_string_literal) @string
(raw_string_literal) @string
(interpolated_string_expression) @string
(interpolation) @code
(comment) @comment
((comment) @comment (#match? @comment "^//") (#set! end "line"))
(attribute_list) @attribute
