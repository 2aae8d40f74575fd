; Everything is a call with a `do` block: what it is called says what it is.

((call
  target: (identifier) @_name
  (do_block "do" @function.body "end" @function.body)) @function
  (#any-of? @_name "def" "defp" "defmacro" "defmacrop" "test"))
((call
  target: (identifier) @_name
  (arguments (call (arguments "(" @parameters ")" @parameters))))
  (#any-of? @_name "def" "defp" "defmacro" "defmacrop"))
(anonymous_function "fn" @function.body "end" @function.body) @function

((call
  target: (identifier) @_name
  (do_block "do" @type.body "end" @type.body)) @type
  (#any-of? @_name "defmodule" "defprotocol" "defimpl"))

((call
  target: (identifier) @_name
  (do_block "do" @arms "end" @arms))
  (#any-of? @_name "case" "cond" "receive"))
(do_block "do" @block "end" @block)

((call target: (identifier) @_name) @import
  (#any-of? @_name "alias" "import" "require" "use") (#set! end "line"))

(arguments "(" @arguments ")" @arguments)
(list) @table
(map) @table
(tuple) @table

(string) @string
(charlist) @string
(sigil) @string
(interpolation) @code
((comment) @comment (#set! end "line"))
((unary_operator operator: "@") @attribute (#set! end "line"))
