; A table has no closing token: it goes on until the next header.

((table) @table (#set! end "next"))
((table_array_element) @table (#set! end "next"))
(inline_table) @table
(array) @table
(string) @string
((comment) @comment (#set! end "line"))
