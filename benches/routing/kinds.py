"""Tables the labelling rule reads: which node types of the eight grammars mean what.

A tree-sitter grammar names its nodes as its author liked, so the sets below join the names of all
eight. No rule stands here; rule.py says what is done with them.
"""

import re

# What is atomic for the rule: nobody types a bracket inside a string because the code needs it.
COMMENTS = frozenset("comment line_comment block_comment html_comment".split())
STRINGS = frozenset("""
    string string_literal raw_string_literal char_literal character_literal template_string
    interpreted_string_literal rune_literal system_lib_string regex jsx_text text_block
""".split())

# A node that holds a row of statements, members, elements or arguments.
LISTS = frozenset("""
    block statement_block statement_list declaration_list source_file program module
    translation_unit compound_statement class_body enum_body interface_body object_type
    field_declaration_list switch_body switch_block match_block enum_variant_list
    ordered_field_declaration_list enumerator_list field_initializer_list initializer_list arguments
    argument_list object array list dictionary literal_value parameters formal_parameters
    parameter_list import_spec_list var_spec_list const_spec_list enum_body_declarations
    constructor_body interface_type struct_type jsx_element
""".split())
ROOTS = frozenset("source_file program module translation_unit".split())
# A body in these is a row of declarations, written one by one.
MEMBER_LISTS = frozenset("class_body declaration_list".split())
FIELD_LISTS = frozenset("""
    field_declaration_list enum_variant_list enumerator_list enum_body object_type interface_body
    field_initializer_list import_spec_list struct_type
""".split())
STATEMENT_BODIES = frozenset("block statement_block compound_statement constructor_body".split())

CONTAINERS = frozenset("""
    class_declaration class_definition class_specifier impl_item trait_item mod_item
    namespace_definition internal_module linkage_specification preproc_if preproc_ifdef preproc_else
    template_declaration foreign_mod_item macro_definition abstract_class_declaration
    export_statement
""".split())
RECORDS = frozenset("""
    struct_item enum_item struct_specifier enum_specifier interface_declaration enum_declaration
    type_declaration union_item type_alias_declaration type_definition record_declaration
    union_specifier
""".split())
FUNCTIONS = frozenset("""
    function_item function_definition function_declaration method_declaration method_definition
    constructor_declaration generator_function_declaration function_expression arrow_function
    closure_expression lambda func_literal lambda_expression function_signature_item
""".split())
INLINE_FUNCTIONS = frozenset("arrow_function closure_expression lambda".split())
CONTROL = frozenset("""
    if_statement if_expression for_statement for_expression while_statement while_expression
    loop_expression match_expression match_statement switch_statement switch_expression
    expression_switch_statement type_switch_statement select_statement try_statement with_statement
    do_statement for_in_statement enhanced_for_statement for_range_loop try_with_resources_statement
    synchronized_statement elif_clause else_clause except_clause catch_clause case_statement
    switch_case match_arm expression_case communication_case conditional_expression
    ternary_expression
""".split())
# Logic, for the question whether a body has any.
LOGIC = FUNCTIONS | CONTROL
METHODS_OR_LOGIC = CONTROL | {"method_declaration", "function_definition"}

BOILERPLATE = frozenset("""
    use_declaration extern_crate_declaration import_statement import_from_statement
    future_import_statement import_declaration import_spec package_clause package_declaration
    preproc_include preproc_def using_declaration attribute_item inner_attribute_item decorator
    annotation marker_annotation field_declaration enum_variant enumerator enum_constant
    property_signature method_signature public_field_definition access_specifier pass_statement
    break_statement continue_statement mod_item_short type_item alias_declaration
    namespace_use_declaration preproc_call field_initializer shorthand_field_initializer
    function_signature_item associated_type global_statement nonlocal_statement friend_declaration
    static_assert_declaration goto_statement labeled_statement keyed_element method_elem
    field_definition
""".split())
# Nodes that only wrap the one that says what the statement is.
WRAPPERS = frozenset("""
    export_statement expression_statement decorated_definition template_declaration declaration
""".split())

# A whole line that says nothing of its own.
TRIVIAL_LINE = re.compile(
    r"^\s*(?:" + "|".join([
        r"return;?",
        r"return (?:0|nil|null|None|true|false|True|False|self|this|err|ret|result|rc|nil, err|NULL)[;,]?",
        r"Ok\(\(\)\)|None|break;?|continue;?|pass",
        r"else ?\{?|else:|\} else \{|try:?\{?|finally:? ?\{?|default:",
        r"_ => \{?\}?,?|_ => unreachable!\(\),?",
        r"(?:self|this)\.\w+ = \w+;?",
        r"['\"]use strict['\"];?",
        r"super\(.{0,30}\);?|super\(\).__init__\(.{0,30}\)",
        r"exit\(\d\);?",
        r"@\w+(?:\(.*\))?",
        r"#(?:endif|else|pragma once).*",
        r"extern \"C\" \{",
        r"if __name__ == ['\"]__main__['\"]:",
        r"t\.(?:Parallel|Helper)\(\)|defer \w+(?:\.\w+)*\(\)",
        r"module\.exports = \w+;?|export \* from .*",
        r"if \(?err != nil\)? ?\{?|goto \w+;",
    ]) + r")\s*$")

# A check that only leaves: `if (!x) { return -1; }` in any of the languages, on one line.
GUARD = re.compile(
    r"^if (?:\(?\w+ ?[!=]= ?(?:nil|NULL|null|None|0|undefined)\)?|\(?!?\w+\)?|\(?\w+ < 0\)?)"
    r" ?\{? ?(?:return[^;{}]{0,24};?|break;|continue;|goto \w+;|panic\(err\)|t\.Fatal\(err\)) ?\}?$")

# The one statement of a getter, a setter or a stub that delegates.
ACCESSOR = re.compile(
    rb"^(?:return )?[&*]?(?:mut )?(?:self|this)?(?:\.|->)?\w+(?:\.clone\(\)|\(\))?;?$"
    rb"|^(?:self|this)(?:\.|->)\w+ = \w+;?$|^\w+ = \w+;$|^return [\w\.]+;?$")

PLAIN_EXPORT = re.compile(r"export (?:\*|\{|type \{|default \w+;?$)")
MARKER = re.compile(rb"\b(?:TODO|FIXME|XXX|HACK|BUG|WORKAROUND)\b")
COMMENT_OPENERS = (b"//", b"#", b"/*", b"*", b"--")
