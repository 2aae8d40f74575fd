; What defines a name, and where it is known. Captures: ../README.md.

(function_declaration (function_value_parameters) @scope (function_body) @scope)
(function_declaration (function_value_parameters) @scope .)
(function_declaration (function_value_parameters) @scope . (user_type) .)
(secondary_constructor (function_value_parameters) @scope (block) @scope)
(lambda_literal) @scope
(block) @scope
(for_statement) @scope
(catch_block) @scope
(when_expression) @scope
(property_declaration) @declaration

(class_declaration name: (_) @owner @definition.type (class_body) @scope.type)
(class_declaration name: (_) @owner @definition.type (enum_class_body) @scope.type)
(class_declaration name: (_) @definition.type)
(object_declaration name: (_) @owner @definition.type (class_body) @scope.type)
(companion_object (class_body) @scope.type)
(type_alias type: (identifier) @definition.type)

(function_declaration name: (_) @definition.function)
(function_declaration name: (_) @definition.function
  (function_value_parameters) . [(user_type) (nullable_type)] @type)
(class_declaration name: (_) @owner
  (primary_constructor
    (class_parameters (class_parameter (identifier) @definition.field . (_) @type))))
(enum_entry (identifier) @definition.field)

(parameter (identifier) @definition.parameter . (_) @type)
(lambda_parameters (variable_declaration (identifier) @definition.parameter))
(catch_block (identifier) @definition.parameter . (_) @type)
(variable_declaration (identifier) @definition.variable)
(variable_declaration (identifier) @definition.variable . (_) @type)
(property_declaration (variable_declaration (identifier) @definition.variable)
  (call_expression . (identifier) @type) (#match? @type "^[A-Z]"))

(import (qualified_identifier (identifier) @definition.import .) .)
(import (identifier) @definition.import)
