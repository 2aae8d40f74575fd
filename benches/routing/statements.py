"""What the statement that starts at a token is, read off the tree of the complete file."""

import re
import typing

import tree_sitter

from kinds import (ACCESSOR, BOILERPLATE, COMMENTS, CONTAINERS, CONTROL, FUNCTIONS, GUARD,
                   INLINE_FUNCTIONS, LISTS, LOGIC, METHODS_OR_LOGIC, PLAIN_EXPORT, RECORDS,
                   STATEMENT_BODIES, TRIVIAL_LINE, WRAPPERS)
from source import PUNCTUATION

# Longer statements that are no function are written line by line, so only their head is meant.
LONGEST_STATEMENT = 60
CLOSERS = frozenset([")", "]", "}", ";", ",", ">", "})", ");", ":"])
LINE_TAILS = (b";", b",", b");", b"),")
VISITED_AT_MOST = 4000


class Unit(typing.NamedTuple):
    """The statement at a token: its class, where its text ends, and its node."""

    label: str
    end: int
    node: tree_sitter.Node


def height(node):
    """How many lines a node touches."""
    return node.end_point[0] - node.start_point[0] + 1


def count_types(node, types):
    """How many nodes of these types are in the subtree, itself included; gives up when it is huge."""
    found = visited = 0
    stack = [node]
    while stack and visited < VISITED_AT_MOST:
        top = stack.pop()
        visited += 1
        found += top.type in types
        stack.extend(top.children)
    return found


def statement_at(token):
    """The largest node that starts where the token does and is no list of statements."""
    node = token.node
    while ((parent := node.parent) is not None and parent.parent is not None
           and parent.start_byte == token.start and parent.type not in LISTS
           and parent.type != "ERROR"):
        node = parent
    return node


def unwrap(node):
    """The node inside `export`, decorators, templates and the like."""
    while node.type in WRAPPERS and node.named_child_count:
        inner = [child for child in node.named_children
                 if child.type not in COMMENTS and child.type != "decorator"]
        if not inner or (node.type == "declaration" and inner[-1].type not in FUNCTIONS):
            break
        node = inner[-1]
    return node


def is_accessor(function):
    """Whether a function has no body, an empty one, or one trivial statement."""
    body = function.child_by_field_name("body")
    if body is None:
        return True
    if body.type not in STATEMENT_BODIES:
        return False
    statements = code_children(body)
    if len(statements) == 1 and statements[0].type == "statement_list":
        statements = code_children(statements[0])
    if not statements:
        return True
    if len(statements) > 1 or height(statements[0]) > 1:
        return False
    return bool(ACCESSOR.match(re.sub(rb"\s+", b" ", statements[0].text.strip())))


def code_children(node):
    """The named children that are no comments."""
    return [child for child in node.named_children if child.type not in COMMENTS]


def unit_at(file, token):
    """The unit a developer would write next, starting at `token`."""
    unit = statement_unit(file, token)
    if unit.label != "line":
        return unit
    line_end = file.line_end(token.start)
    lone_token = unit.node.start_byte == token.start and unit.node.end_byte <= token.end
    words = re.findall(r"\w+|\"[^\"]*\"|'[^']*'", file.text(token.start, line_end))
    return Unit("name" if len(words) <= 1 else "line", line_end if lone_token else unit.end, unit.node)


def statement_unit(file, token):
    """The unit before the check whether its line is a single word."""
    node = statement_at(token)
    core = unwrap(node)
    line_end = file.line_end(token.start)
    line = file.text(token.start, line_end)
    lines = height(node)
    end = statement_end(file, node, token)
    attribute = line.lstrip().startswith("@")

    if token.kind == "comment":
        return Unit("text", token.end, node)
    if token.kind == "punctuation" and PUNCTUATION.match(line):
        return Unit("closer", line_end, node)
    if token.text in CLOSERS and not TRIVIAL_LINE.match(line):
        return Unit("line", line_end, node)  # such as `} else if (x) {` or `).bar(baz);`
    if TRIVIAL_LINE.match(line) and (lines <= 3 or attribute):
        return Unit("boilerplate", line_end if attribute else end, node)
    if core.type in BOILERPLATE or node.type in BOILERPLATE:
        if node.type == "preproc_def" or count_types(node, LOGIC) == 0:
            return Unit("boilerplate", end, node)
    if line.lstrip().startswith(("@", "#[")):
        return Unit("boilerplate", line_end, node)
    if core.type in RECORDS and count_types(core, METHODS_OR_LOGIC) == 0:
        return Unit("boilerplate", end, node)
    if core.type in FUNCTIONS and core.type not in INLINE_FUNCTIONS:
        label = "boilerplate" if is_accessor(core) else "block" if lines >= 3 else "line"
        return Unit(label, end, node)
    if node.type in CONTAINERS or core.type in CONTAINERS or core.type in RECORDS:
        if node.type == "export_statement" and lines <= 2:
            return Unit("boilerplate" if PLAIN_EXPORT.match(line.strip()) else "line", end, node)
        return Unit("line", line_end, node)
    return plain_statement(node, lines, line_end, end)


def plain_statement(node, lines, line_end, end):
    """A statement that is neither declared data nor a function: its height and logic decide."""
    if lines > LONGEST_STATEMENT:
        return Unit("line", line_end, node)
    if lines >= 3:
        joined = re.sub(r"\s+", " ", node.text.decode("utf8", "replace"))
        return Unit("boilerplate" if GUARD.match(joined) else "block", end, node)
    if lines == 2 and count_types(node, LOGIC):
        return Unit("block", end, node)
    return Unit("line", end, node)


def statement_end(file, node, token):
    """The end of a statement, with the `;` or `,` that closes its line."""
    end = max(min(node.end_byte, len(file.data)), token.end)
    line_end = file.line_end(end)
    return line_end if file.data[end:line_end].strip() in LINE_TAILS else end


def opens_logic(node):
    """Whether a statement that starts in mid-line goes on over several lines with logic."""
    return (3 <= height(node) <= LONGEST_STATEMENT and node.type in LOGIC
            and not (node.type in FUNCTIONS and is_accessor(node)))


def is_declared_data(statement, line):
    """Whether a line belongs to an import, a field, an attribute or another set phrase."""
    return bool(TRIVIAL_LINE.match(line)) or statement.type in BOILERPLATE \
        or unwrap(statement).type in BOILERPLATE or line.lstrip().startswith(("@", "#["))


def control_in(node):
    """How much branching a node holds."""
    return count_types(node, CONTROL)
