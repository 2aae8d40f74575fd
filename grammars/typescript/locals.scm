; What defines a name, and where it is known. Captures: ../README.md. TSX uses it, too.

(function_declaration parameters: (_) @scope body: (_) @scope)
(function_expression parameters: (_) @scope body: (_) @scope)
(generator_function_declaration parameters: (_) @scope body: (_) @scope)
(generator_function parameters: (_) @scope body: (_) @scope)
(method_definition parameters: (_) @scope body: (_) @scope)
(function_signature parameters: (_) @scope)
(method_signature parameters: (_) @scope)
(abstract_method_signature parameters: (_) @scope)
(function_type) @scope
(construct_signature) @scope
(call_signature) @scope
((arrow_function) @scope (#set! end "line"))
(statement_block) @scope
(switch_body) @scope
(for_statement) @scope
(for_in_statement) @scope
(catch_clause) @scope
(variable_declarator) @declaration

(class_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(abstract_class_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(class name: (_) @owner body: (_) @scope.type)
(variable_declarator name: (_) @owner @definition.type value: (class body: (_) @scope.type))
(class body: (_) @scope.type)
(interface_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(type_alias_declaration name: (_) @owner @definition.type value: (object_type) @scope.type)
(type_alias_declaration name: (_) @definition.type)
(enum_declaration name: (_) @owner @definition.type body: (_) @scope.type)
(object_type) @scope.type
(internal_module name: (identifier) @definition.type)

(function_declaration
  type_parameters: (type_parameters (type_parameter name: (_) @definition.type)) body: (_) @scope)
(method_definition
  type_parameters: (type_parameters (type_parameter name: (_) @definition.type)) body: (_) @scope)
(arrow_function
  type_parameters: (type_parameters (type_parameter name: (_) @definition.type)) body: (_) @scope)
(class_declaration
  type_parameters: (type_parameters (type_parameter name: (_) @definition.type)) body: (_) @scope)
(abstract_class_declaration
  type_parameters: (type_parameters (type_parameter name: (_) @definition.type)) body: (_) @scope)
(interface_declaration
  type_parameters: (type_parameters (type_parameter name: (_) @definition.type)) body: (_) @scope)
(type_alias_declaration
  type_parameters: (type_parameters (type_parameter name: (_) @definition.type))
  value: (_) @scope)

(variable_declarator name: (identifier) @definition.import
  value: (call_expression function: (identifier) @_require) (#eq? @_require "require"))
(import_clause (identifier) @definition.import)
(namespace_import (identifier) @definition.import)
(import_specifier name: (identifier) @definition.import !alias)
(import_specifier alias: (identifier) @definition.import)
(import_require_clause (identifier) @definition.import)
(import_alias . (identifier) @definition.import)

(function_declaration name: (_) @definition.function)
(function_declaration name: (_) @definition.function return_type: (type_annotation) @type)
(function_signature name: (_) @definition.function)
(function_signature name: (_) @definition.function return_type: (type_annotation) @type)
(generator_function_declaration name: (_) @definition.function)
(variable_declarator name: (identifier) @definition.function
  value: [(arrow_function) (function_expression) (generator_function)])
(variable_declarator name: (identifier) @definition.function
  value: (arrow_function return_type: (type_annotation) @type))
(object (method_definition name: (property_identifier) @definition.field))
(method_definition name: [(property_identifier) (private_property_identifier)] @definition.function)
(method_definition name: [(property_identifier) (private_property_identifier)] @definition.function
  return_type: (type_annotation) @type)
(method_signature name: (property_identifier) @definition.function)
(method_signature name: (property_identifier) @definition.function
  return_type: (type_annotation) @type)
(abstract_method_signature name: (property_identifier) @definition.function)
(abstract_method_signature name: (property_identifier) @definition.function
  return_type: (type_annotation) @type)

(required_parameter (accessibility_modifier) pattern: (identifier) @definition.field)
(required_parameter (accessibility_modifier) pattern: (identifier) @definition.field
  type: (type_annotation) @type)
(public_field_definition
  name: [(property_identifier) (private_property_identifier)] @definition.field)
(public_field_definition
  name: [(property_identifier) (private_property_identifier)] @definition.field
  type: (type_annotation) @type)
(public_field_definition
  name: [(property_identifier) (private_property_identifier)] @definition.field
  value: (new_expression constructor: (_) @type))
(property_signature name: (property_identifier) @definition.field)
(property_signature name: (property_identifier) @definition.field type: (type_annotation) @type)
(enum_body name: (property_identifier) @definition.field)
(enum_assignment name: (property_identifier) @definition.field)
(assignment_expression
  left: (member_expression
    object: (this) property: [(property_identifier) (private_property_identifier)] @definition.field))

(required_parameter pattern: (identifier) @definition.parameter)
(required_parameter pattern: (identifier) @definition.parameter type: (type_annotation) @type)
(required_parameter pattern: (rest_pattern (identifier) @definition.parameter))
(optional_parameter pattern: (identifier) @definition.parameter)
(optional_parameter pattern: (identifier) @definition.parameter type: (type_annotation) @type)
(arrow_function parameter: (identifier) @definition.parameter)
(catch_clause parameter: (identifier) @definition.parameter)

(variable_declarator name: (identifier) @definition.variable)
(variable_declarator name: (identifier) @definition.variable type: (type_annotation) @type)
(variable_declarator name: (identifier) @definition.variable
  value: (new_expression constructor: (_) @type))
(variable_declarator name: (identifier) @definition.variable
  value: (as_expression (_) . [(type_identifier) (generic_type)] @type))
(for_in_statement left: (identifier) @definition.variable)
(array_pattern (identifier) @definition.variable)
(array_pattern (assignment_pattern left: (identifier) @definition.variable))
(rest_pattern (identifier) @definition.variable)
(object_pattern (shorthand_property_identifier_pattern) @definition.variable)
(object_assignment_pattern
  left: (shorthand_property_identifier_pattern) @definition.variable)
(pair_pattern value: (identifier) @definition.variable)
(pair_pattern value: (assignment_pattern left: (identifier) @definition.variable))
