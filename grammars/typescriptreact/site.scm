; What TSX adds to the queries of TypeScript, which stand before these.

; Text between tags is prose; the white space that only indents them is not.
((jsx_text) @string (#match? @string "\\S") (#set! end "line"))
