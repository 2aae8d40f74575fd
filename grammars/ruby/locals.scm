; What defines a name, and where it is known. Captures: ../README.md. An empty body has no node, so
; the scope of a method ends with its `end`.

(method parameters: (_) @scope "end" @scope)
(method !parameters body: (_) @scope)
(singleton_method parameters: (_) @scope "end" @scope)
(singleton_method !parameters body: (_) @scope)
(lambda) @scope
(do_block) @scope
(block) @scope
(assignment) @declaration

(class name: (constant) @owner @definition.type body: (_) @scope.type)
(class name: (scope_resolution name: (constant) @owner @definition.type) body: (_) @scope.type)
(class name: (constant) @definition.type !body)
(module name: (constant) @owner @definition.type body: (_) @scope.type)
(module name: (scope_resolution name: (constant) @owner @definition.type) body: (_) @scope.type)

(method name: (identifier) @definition.function)
(singleton_method name: (identifier) @definition.function)
(call !receiver method: (identifier) @_attribute
  arguments: (argument_list (simple_symbol) @definition.field)
  (#any-of? @_attribute "attr_reader" "attr_writer" "attr_accessor"))
(assignment left: (instance_variable) @definition.field)
(assignment left: (class_variable) @definition.field)
(assignment left: (instance_variable) @definition.field
  right: (call receiver: (_) @type method: (identifier) @_new) (#eq? @_new "new"))
(operator_assignment left: (instance_variable) @definition.field)

(method_parameters (identifier) @definition.parameter)
(block_parameters (identifier) @definition.parameter)
(lambda_parameters (identifier) @definition.parameter)
(optional_parameter name: (identifier) @definition.parameter)
(keyword_parameter name: (identifier) @definition.parameter)
(splat_parameter name: (identifier) @definition.parameter)
(hash_splat_parameter name: (identifier) @definition.parameter)
(block_parameter name: (identifier) @definition.parameter)
(destructured_parameter (identifier) @definition.parameter)

(assignment left: (identifier) @definition.variable)
(assignment left: (identifier) @definition.variable
  right: (call receiver: (_) @type method: (identifier) @_new) (#eq? @_new "new"))
(assignment left: (constant) @definition.variable)
(operator_assignment left: (identifier) @definition.variable)
(left_assignment_list (identifier) @definition.variable)
(destructured_left_assignment (identifier) @definition.variable)
(rest_assignment (identifier) @definition.variable)
(exception_variable (identifier) @definition.variable)
(for pattern: (identifier) @definition.variable)
(as_pattern name: (identifier) @definition.variable)
(array_pattern (identifier) @definition.variable)
(in_clause pattern: (identifier) @definition.variable)
(keyword_pattern value: (identifier) @definition.variable)
