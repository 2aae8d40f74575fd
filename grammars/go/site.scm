; Switches have no node for their braces: the two braces are captured instead.

(function_declaration body: (block) @function.body) @function
(method_declaration body: (block) @function.body) @function
(func_literal body: (block) @function.body) @function

(block) @block
(expression_switch_statement "{" @arms "}" @arms)
(type_switch_statement "{" @arms "}" @arms)
(select_statement "{" @arms "}" @arms)
((expression_case ":" @block) @block (#set! end "next"))
((type_case ":" @block) @block (#set! end "next"))
((communication_case ":" @block) @block (#set! end "next"))
((default_case ":" @block) @block (#set! end "next"))

(type_declaration) @type
(struct_type (field_declaration_list) @type.body)
(interface_type "{" @type.body "}" @type.body)

(import_declaration (import_spec_list)) @import
((import_declaration (import_spec)) @import (#set! end "line"))

(parameter_list) @parameters
(argument_list) @arguments
(literal_value) @table

(interpreted_string_literal) @string
(raw_string_literal) @string
(comment) @comment
((comment) @comment (#match? @comment "^//") (#set! end "line"))
