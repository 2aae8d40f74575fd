; Words delimit blocks here, so both words are captured and the region lies between them.

(function_definition body: (compound_statement) @function.body) @function

(compound_statement) @block
(do_group "do" @block "done" @block)
(if_statement "then" @block "fi" @block)
(case_statement "in" @arms "esac" @arms)
(case_item ")" @block) @block

((command name: (command_name) @_name) @import
  (#any-of? @_name "source" ".") (#set! end "line"))

(array) @table
(string) @string
(raw_string) @string
(ansi_c_string) @string
(heredoc_body) @string
(command_substitution) @code
(expansion) @code
((comment) @comment (#set! end "line"))
