; What defines a name, and where it is known. Captures: ../README.md. Everything is a call: what is
; called says what it defines.

(do_block) @scope
(anonymous_function) @scope
(stab_clause) @scope
(binary_operator operator: "=") @declaration

(call target: (identifier) @_module (arguments (alias) @owner @definition.type)
  (do_block) @scope.type
  (#any-of? @_module "defmodule" "defprotocol"))
(call target: (identifier) @_alias (arguments (alias) @definition.import)
  (#any-of? @_alias "alias" "import" "require" "use"))
(call target: (identifier) @_struct
  (arguments (list [(atom) (keywords (pair key: (keyword)))] @definition.field))
  (#eq? @_struct "defstruct"))

(call target: (identifier) @_def
  (arguments [
    (call target: (identifier) @definition.function)
    (identifier) @definition.function
    (binary_operator left: (call target: (identifier) @definition.function))
  ])
  (#any-of? @_def "def" "defp" "defmacro" "defmacrop"))
(call target: (identifier) @_def
  (arguments [
    (call (arguments (identifier) @definition.parameter))
    (call (arguments (binary_operator left: (identifier) @definition.parameter)))
    (call (arguments (binary_operator right: (identifier) @definition.parameter)))
    (call (arguments (_ (identifier) @definition.parameter)))
    (binary_operator left: (call (arguments (identifier) @definition.parameter)))
  ])
  (#any-of? @_def "def" "defp" "defmacro" "defmacrop")) @scope
(stab_clause left: (arguments (identifier) @definition.parameter))
(stab_clause left: (arguments (tuple (identifier) @definition.parameter)))

(binary_operator left: (identifier) @definition.variable operator: "=")
(binary_operator left: (tuple (identifier) @definition.variable) operator: "=")
(binary_operator left: (list (identifier) @definition.variable) operator: "=")
(binary_operator left: (identifier) @definition.variable operator: "<-")
(binary_operator left: (tuple (identifier) @definition.variable) operator: "<-")
