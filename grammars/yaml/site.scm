; Mappings and sequences go on as long as the lines are indented like them.

((block_mapping) @table (#set! end "indentation"))
((block_sequence) @table (#set! end "indentation"))
(flow_mapping) @table
(flow_sequence) @table

(double_quote_scalar) @string
(single_quote_scalar) @string
((block_scalar) @string (#set! end "line"))
((comment) @comment (#set! end "line"))
