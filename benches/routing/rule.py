"""The labelling rule: what was really written at a cursor position of a complete file.

A router may see the text before the cursor, `file[:offset]`, and the text behind what is still to be
written, `file[mask_end:]`. The label says what lies between, as the tree of the complete file shows:

    closer       only closing brackets and punctuation remain on the line
    name         the rest of an identifier, or one name or literal with punctuation
    line         the rest of a line, or one plain statement
    boilerplate  an import, attribute, field, getter, guard, and the like
    block        a body or statement of several lines with logic in it
    debug        any of these but a closer, in the line of a TODO or FIXME comment or just below it
    text         inside a comment, a doc string or a string literal: no class of code

`debug` is decided by what stands around the cursor, not by what follows; `label_ast` keeps the label
from before that rule. For closer, name and line the mask runs to the end of the line, so that the
text behind the cursor cannot give the class away.
"""

import bisect
import dataclasses
import re

from kinds import COMMENT_OPENERS, CONTAINERS, FIELD_LISTS, LISTS, LOGIC, MARKER, MEMBER_LISTS, ROOTS
from statements import (control_in, count_types, is_declared_data, opens_logic, statement_at,
                        unit_at)

TIERS = {"closer": "local", "name": "fast", "line": "fast", "boilerplate": "mid",
         "block": "flagship", "debug": "flagship", "text": "none"}
LONGEST_TRUTH = 2048
PAIRS = {"(": ")", "[": "]", "{": "}"}
OPENERS = ("{", ":", "=>", "->", "(", "[")
WORD = re.compile(rb"[A-Za-z0-9_$]")


@dataclasses.dataclass
class Label:
    """The truth at one position. Offsets are bytes; `true` is cut after 2,048 characters."""

    offset: int
    mask_end: int
    label: str
    label_ast: str
    tier: str
    where: str
    ctx: str
    n_lines: int
    n_ctrl: int
    node: str
    autoclose: str
    true_len: int
    true: str


def label_at(file, offset):
    """The label of one cursor position, or None where nothing sensible is left to write."""
    index = file.token_after(offset)
    if index >= len(file.tokens):
        return None
    token = file.tokens[index]
    line_end = file.line_end(offset)
    if token.start < offset:
        return inside_token(file, offset, token)
    if token.start > line_end:
        return at_line_end(file, offset, index)
    if not file.data[file.line_start(offset):offset].strip():
        unit = unit_at(file, token)
        return finish(file, offset, unit.end, unit.label, unit.node, "sol")
    if token.kind == "comment":
        return finish(file, offset, line_end, "text", token.node, "mid")
    return in_mid_line(file, offset, index)


def inside_token(file, offset, token):
    """The cursor is within a word, a string, a comment or an operator."""
    line_end = file.line_end(offset)
    if token.kind in ("comment", "string"):
        return finish(file, offset, min(token.end, line_end), "text", token.node, "mid")
    label = "name" if token.kind == "word" else "closer"
    return finish(file, offset, line_end, label, token.node, "mid", marked=False)


def at_line_end(file, offset, index):
    """Nothing more stands on the line: the truth starts with a line break."""
    if index == 0:
        return None
    token, before = file.tokens[index], file.tokens[index - 1]
    if before.kind == "comment":
        return finish(file, offset, token.end, "text", token.node, "eol")
    if before.text in ("{", ":") and (body := open_body(file, token)):
        return finish(file, offset, *body, "open")
    unit = unit_at(file, token)
    where = "open" if before.text in OPENERS else "eol"
    return finish(file, offset, unit.end, unit.label, unit.node, where)


def open_body(file, token):
    """The whole body behind an opened block, as (end, label, node), where it is written at once.

    None where the body is a row of declarations or too short to be more than its first statement.
    Limit: a closer at the very end is taken for the block's own also in Python, where it belongs to
    the last statement and so stays behind the cursor.
    """
    body = token.node
    while body.parent is not None and body.parent.parent is not None and body.type not in LISTS:
        body = body.parent
    closed = file.data[body.end_byte - 1:body.end_byte] in (b"}", b")", b"]")
    stop = body.end_byte - closed
    if body.type not in LISTS or body.type in ROOTS | MEMBER_LISTS or stop <= token.start:
        return None
    if body.parent is not None and body.parent.type in CONTAINERS:
        return None
    text = file.data[token.start:stop].rstrip()
    lines = text.count(b"\n") + 1
    logic = count_types(body, LOGIC) - (body.type in LOGIC)
    if lines >= 2 and body.type in FIELD_LISTS and not logic:
        return token.start + len(text), "boilerplate", body
    if lines >= 3 or (lines == 2 and logic):
        return token.start + len(text), "block", body
    return None


def in_mid_line(file, offset, index):
    """The cursor is between two tokens of a line."""
    token = file.tokens[index]
    line_start, line_end = file.line_start(offset), file.line_end(offset)
    node = token.node if token.kind == "punctuation" else statement_at(token)
    left = []
    for later in file.tokens[index:]:
        if later.start >= line_end:
            break
        if later.kind not in ("comment", "punctuation"):
            left.append(later)
    if not left:
        return finish(file, offset, line_end, "closer", token.node, "mid")
    if opens_logic(node):
        return finish(file, offset, node.end_byte, "block", node, "mid")
    label = "name"
    if len(left) > 1:
        first = file.tokens[bisect.bisect_left(file.starts, line_start)]
        declared = is_declared_data(statement_at(first), file.text(line_start, line_end))
        label = "boilerplate" if declared else "line"
    # Only a plain line can be the fix a marker asks for; what else is left here is a set phrase.
    return finish(file, offset, line_end, label, node, "mid", marked=label == "line")


def finish(file, offset, end, label, node, where, *, marked=True):
    """The finished label; None where the truth is blank."""
    end = max(end, offset)
    true = file.text(offset, end)
    if not true.strip():
        return None
    final = label
    if marked and label not in ("text", "closer") and below_marker(file, offset):
        final = "debug"
    return Label(
        offset=offset, mask_end=end, label=final, label_ast=label, tier=TIERS[final], where=where,
        ctx="in_text" if label == "text" else context(file.data[max(0, offset - 400):offset]),
        n_lines=true.strip("\n").count("\n") + 1,
        n_ctrl=control_in(node) if label == "block" else 0, node=node.type,
        autoclose=open_brackets(file, offset), true_len=end - offset, true=true[:LONGEST_TRUTH])


def below_marker(file, offset):
    """Whether a marker stands on this line or in the up to three comment lines right above."""
    start = file.line_start(offset)
    for _ in range(3):
        if start == 0:
            break
        above = file.line_start(start - 1)
        if not file.data[above:start].strip().startswith(COMMENT_OPENERS):
            break
        start = above
    return bool(MARKER.search(file.data[start:offset]))


def open_brackets(file, offset):
    """The closers an editor that pairs brackets would hold behind the cursor, for this line."""
    stack = []
    for token in file.tokens_from(file.line_start(offset)):
        if token.end > offset:
            break
        if token.kind == "punctuation":
            for character in token.text:
                if character in PAIRS:
                    stack.append(PAIRS[character])
                elif stack and character == stack[-1]:
                    stack.pop()
    return "".join(reversed(stack))


def context(before):
    """What stands left of the cursor, as the pause weights name it."""
    line = before.rsplit(b"\n", 1)[-1]
    if not line.strip():
        return "sol"
    last, last_visible = line[-1:], line.rstrip()[-1:]
    if WORD.match(last):
        return "word"
    if last in b" \t":
        return "sp_word" if WORD.match(last_visible) else "sp_op"
    if line.endswith((b".", b"->", b"::")):
        return "member"
    if last in b"([{<":
        return "open"
    if last in b")]}>":
        return "close"
    return "sep" if last in b";," else "op"
