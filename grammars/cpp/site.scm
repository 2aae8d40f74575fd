; What C++ adds to the queries of C, which stand before these.

(lambda_expression body: (compound_statement) @function.body) @function
(class_specifier body: (field_declaration_list) @type.body) @type
(using_declaration) @import
(template_parameter_list) @parameters
(raw_string_literal) @string
