; The declarations of a rule are rows of a table.

(rule_set (block) @table)
(keyframe_block (block) @table)
(at_rule (block) @table)
(import_statement) @import
(charset_statement) @import
(arguments) @arguments
(string_value) @string
(comment) @comment
((js_comment) @comment (#set! end "line"))
