; Bodies have no closing token: they go on as long as the lines are indented.

((function_definition body: (block) @function.body) @function (#set! end "indentation"))
((lambda) @function (#set! end "line"))
((class_definition body: (block) @type.body) @type (#set! end "indentation"))
((match_statement body: (block) @arms) (#set! end "indentation"))
((block) @block (#set! end "indentation"))

((import_statement) @import (#set! end "line"))
((import_from_statement) @import (#set! end "line"))
((future_import_statement) @import (#set! end "line"))

(parameters) @parameters
(argument_list) @arguments

(list) @table
(dictionary) @table
(set) @table

(string) @string
(interpolation) @code
((comment) @comment (#set! end "line"))
((decorator) @attribute (#set! end "line"))
