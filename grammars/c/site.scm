; These patterns serve C++ too, whose own stand in ../cpp/site.scm.

(function_definition body: (compound_statement) @function.body) @function

(compound_statement) @block
(switch_statement body: (compound_statement) @arms)
((case_statement ":" @block) @block (#set! end "next"))

(struct_specifier body: (field_declaration_list) @type.body) @type
(union_specifier body: (field_declaration_list) @type.body) @type
(enum_specifier body: (enumerator_list) @type.body) @type

(preproc_include) @import

(parameter_list) @parameters
(preproc_params) @parameters
(argument_list) @arguments
(initializer_list) @table

(string_literal) @string
(comment) @comment
((comment) @comment (#match? @comment "^//") (#set! end "line"))

(attribute_specifier) @attribute
(attribute_declaration) @attribute
