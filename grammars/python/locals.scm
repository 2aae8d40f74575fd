; What defines a name, and where it is known. Blocks are no scopes here: functions are.

((function_definition parameters: (_) @scope body: (_) @scope) (#set! end "indentation"))
((class_definition name: (_) @owner @definition.type body: (_) @scope.type)
  (#set! end "indentation"))
((lambda) @scope (#set! end "line"))
(list_comprehension) @scope
(set_comprehension) @scope
(dictionary_comprehension) @scope
(generator_expression) @scope
(assignment) @declaration

(function_definition name: (_) @definition.function)
(function_definition name: (_) @definition.function return_type: (_) @type)
(type_alias_statement left: (type (identifier) @definition.type))

(parameters (identifier) @definition.parameter)
(lambda_parameters (identifier) @definition.parameter)
(default_parameter name: (identifier) @definition.parameter)
(typed_parameter . (identifier) @definition.parameter type: (_) @type)
(typed_parameter (list_splat_pattern (identifier) @definition.parameter))
(typed_parameter (dictionary_splat_pattern (identifier) @definition.parameter))
(typed_default_parameter name: (identifier) @definition.parameter type: (_) @type)
(parameters (list_splat_pattern (identifier) @definition.parameter))
(parameters (dictionary_splat_pattern (identifier) @definition.parameter))

(assignment left: (identifier) @definition.variable)
(assignment left: (identifier) @definition.variable type: (_) @type)
(assignment left: (identifier) @definition.variable
  right: (call function: (_) @type) (#match? @type "^(\\w+\\.)*[A-Z]\\w*$"))
(named_expression name: (identifier) @definition.variable)
(for_statement left: (identifier) @definition.variable)
([
  (list_comprehension (for_in_clause left: (identifier) @definition.variable))
  (set_comprehension (for_in_clause left: (identifier) @definition.variable))
  (dictionary_comprehension (for_in_clause left: (identifier) @definition.variable))
  (generator_expression (for_in_clause left: (identifier) @definition.variable))
  (list_comprehension (for_in_clause left: (_ (identifier) @definition.variable)))
  (set_comprehension (for_in_clause left: (_ (identifier) @definition.variable)))
  (dictionary_comprehension (for_in_clause left: (_ (identifier) @definition.variable)))
  (generator_expression (for_in_clause left: (_ (identifier) @definition.variable)))
] @scope)
(as_pattern_target (identifier) @definition.variable)
(as_pattern (case_pattern) (identifier) @definition.variable)
(case_pattern (dotted_name . (identifier) @definition.variable .)
  (#match? @definition.variable "^[a-z_]"))
(pattern_list (identifier) @definition.variable)
(tuple_pattern (identifier) @definition.variable)
(list_pattern (identifier) @definition.variable)
(list_splat_pattern (identifier) @definition.variable)
(splat_pattern (identifier) @definition.variable)
(keyword_pattern (identifier) . (dotted_name . (identifier) @definition.variable .))

(assignment left: (attribute object: (identifier) @_self attribute: (identifier) @definition.field)
  (#any-of? @_self "self" "cls"))
(assignment left: (attribute object: (identifier) @_self attribute: (identifier) @definition.field)
  type: (_) @type (#any-of? @_self "self" "cls"))
(assignment left: (attribute object: (identifier) @_self attribute: (identifier) @definition.field)
  right: (call function: (_) @type)
  (#any-of? @_self "self" "cls") (#match? @type "^(\\w+\\.)*[A-Z]\\w*$"))

(import_statement name: (dotted_name . (identifier) @definition.import))
(import_statement name: (aliased_import alias: (identifier) @definition.import))
(import_from_statement name: (dotted_name (identifier) @definition.import .))
(import_from_statement name: (aliased_import alias: (identifier) @definition.import))
