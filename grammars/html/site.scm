; Text between tags is prose, and so is the value of an attribute.

((attribute) @attribute (#set! end "line"))
(quoted_attribute_value) @string
((text) @string (#set! end "line"))
(comment) @comment
