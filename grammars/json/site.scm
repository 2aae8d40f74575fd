; Data only. Comments are there for JSONC.

(object) @table
(array) @table
(string) @string
(comment) @comment
((comment) @comment (#match? @comment "^//") (#set! end "line"))
