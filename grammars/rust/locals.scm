; What defines a name, and where it is known. Captures: ../README.md.

(function_item parameters: (_) @scope body: (_) @scope)
(function_signature_item parameters: (_) @scope)
((closure_expression) @scope (#set! end "line"))
(block) @scope
(match_arm) @scope
(let_declaration) @declaration
(const_item) @declaration
(static_item) @declaration

(impl_item type: (_) @owner body: (declaration_list) @scope.type)
(trait_item name: (_) @owner @definition.type body: (declaration_list) @scope.type)
(struct_item name: (_) @owner @definition.type body: (_) @scope.type)
(union_item name: (_) @owner @definition.type body: (_) @scope.type)
(enum_item name: (_) @owner @definition.type body: (_) @scope.type)
(struct_item name: (_) @definition.type !body)
(type_item name: (_) @definition.type)
(associated_type name: (_) @definition.type)
(mod_item name: (_) @definition.type)
(mod_item body: (declaration_list) @scope.type)

([
  (function_item
    type_parameters: (type_parameters (type_parameter name: (_) @definition.type)) body: (_) @scope)
  (impl_item
    type_parameters: (type_parameters (type_parameter name: (_) @definition.type)) body: (_) @scope)
  (trait_item
    type_parameters: (type_parameters (type_parameter name: (_) @definition.type)) body: (_) @scope)
  (struct_item
    type_parameters: (type_parameters (type_parameter name: (_) @definition.type)) body: (_) @scope)
  (enum_item
    type_parameters: (type_parameters (type_parameter name: (_) @definition.type)) body: (_) @scope)
])

(function_item name: (identifier) @definition.function)
(function_item name: (identifier) @definition.function return_type: (_) @type)
(function_signature_item name: (identifier) @definition.function)
(function_signature_item name: (identifier) @definition.function return_type: (_) @type)
(macro_definition name: (identifier) @definition.function)

(field_declaration name: (_) @definition.field type: (_) @type)
(enum_variant name: (_) @definition.field)

(const_item name: (_) @definition.variable type: (_) @type)
(static_item name: (_) @definition.variable type: (_) @type)
(const_parameter name: (_) @definition.parameter type: (_) @type)

(parameter pattern: (identifier) @definition.parameter type: (_) @type)
(parameter pattern: (mut_pattern (identifier) @definition.parameter) type: (_) @type)
(closure_parameters (identifier) @definition.parameter)
(parameters (self_parameter (self) @definition.parameter))

(let_declaration pattern: (identifier) @definition.variable)
(let_declaration pattern: (identifier) @definition.variable type: (_) @type)
(let_declaration pattern: (identifier) @definition.variable
  value: (struct_expression name: (_) @type))
(let_declaration pattern: (identifier) @definition.variable
  value: (call_expression function: (scoped_identifier path: (_) @type))
  (#match? @type "^(.*::)?[A-Z][A-Za-z0-9]*(::<.*)?$"))

(for_expression pattern: (_) @definition.variable body: (_) @scope
  (#match? @definition.variable "^[a-z_]\\w*$"))
(for_expression) @scope
(if_expression) @scope
(while_expression) @scope

; Nodes that occur in patterns only. What begins with a capital letter is a constant.
((tuple_pattern (identifier) @definition.variable) (#match? @definition.variable "^[a-z_]"))
((tuple_struct_pattern type: (_) (identifier) @definition.variable)
  (#match? @definition.variable "^[a-z_]"))
((slice_pattern (identifier) @definition.variable) (#match? @definition.variable "^[a-z_]"))
((or_pattern (identifier) @definition.variable) (#match? @definition.variable "^[a-z_]"))
((match_pattern (identifier) @definition.variable) (#match? @definition.variable "^[a-z_]"))
(mut_pattern (identifier) @definition.variable)
(ref_pattern (identifier) @definition.variable)
(reference_pattern (identifier) @definition.variable)
(captured_pattern . (identifier) @definition.variable)
(field_pattern name: (shorthand_field_identifier) @definition.variable)
(field_pattern pattern: (identifier) @definition.variable)

(use_declaration argument: (identifier) @definition.import)
(use_declaration argument: (scoped_identifier name: (identifier) @definition.import))
(use_list (identifier) @definition.import)
(scoped_use_list path: (identifier) @definition.import list: (use_list (self)))
(scoped_use_list
  path: (scoped_identifier name: (identifier) @definition.import) list: (use_list (self)))
(use_list (scoped_identifier name: (identifier) @definition.import))
(use_as_clause alias: (identifier) @definition.import)
(extern_crate_declaration name: (identifier) @definition.import !alias)
(extern_crate_declaration alias: (identifier) @definition.import)
