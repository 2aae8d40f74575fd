"""A parsed source file: its leaf tokens, in order, and its lines.

Comments and strings are one token each however their grammar builds them. Offsets are bytes.
"""

import bisect
import dataclasses
import functools
import re

import tree_sitter
import tree_sitter_c
import tree_sitter_cpp
import tree_sitter_go
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_python
import tree_sitter_rust
import tree_sitter_typescript

from kinds import COMMENTS, STRINGS

GRAMMARS = {
    "rust": tree_sitter_rust.language, "python": tree_sitter_python.language,
    "javascript": tree_sitter_javascript.language,
    "typescript": tree_sitter_typescript.language_typescript,
    "tsx": tree_sitter_typescript.language_tsx, "go": tree_sitter_go.language,
    "java": tree_sitter_java.language, "c": tree_sitter_c.language, "cpp": tree_sitter_cpp.language,
}
PUNCTUATION = re.compile(r"^[^\w\"'`$]*$")
LONGEST_LINE = 600
MOST_ERRORS = 3
FEWEST_TOKENS = 41


@functools.cache
def parser(grammar):
    """One parser for each grammar."""
    return tree_sitter.Parser(tree_sitter.Language(GRAMMARS[grammar]()))


@dataclasses.dataclass(slots=True)
class Token:
    """A leaf of the tree; `kind` is word, punctuation, string or comment."""

    start: int
    end: int
    node: tree_sitter.Node
    kind: str
    text: str


class SourceFile:
    """A file that was parsed whole, with what the rule asks of it."""

    def __init__(self, data, grammar):
        self.data = data
        self.grammar = grammar
        self.tree = parser(grammar).parse(data)
        self.tokens = list(self._leaves())
        self.starts = [token.start for token in self.tokens]
        self.breaks = [found.start() for found in re.finditer(rb"\n", data)]

    @classmethod
    def read(cls, path, language):
        """The file at `path`, or None where it is no text a person wrote and tree-sitter reads."""
        data = path.read_bytes()
        head = data[:600]
        if b"\0" in data or b"\r\n" in data[:4000] or b"@generated" in head or b"DO NOT EDIT" in head:
            return None
        if max(map(len, data.split(b"\n"))) > LONGEST_LINE:
            return None
        try:
            data.decode()
        except UnicodeDecodeError:
            return None
        file = cls(data, "tsx" if language == "typescript" and path.name.endswith("x") else language)
        readable = file.count_errors() <= MOST_ERRORS and len(file.tokens) >= FEWEST_TOKENS
        return file if readable else None

    def _leaves(self):
        stack = [self.tree.root_node]
        while stack:
            node = stack.pop()
            if node.start_byte == node.end_byte:
                continue
            if node.child_count and node.type not in COMMENTS and node.type not in STRINGS:
                stack.extend(reversed(node.children))
                continue
            raw = self.data[node.start_byte:node.end_byte]
            end = node.start_byte + len(raw.rstrip())
            if end > node.start_byte:
                text = raw.decode("utf8", "replace")
                yield Token(node.start_byte, end, node, kind_of(node, text), text)

    def count_errors(self):
        """Places where the grammar gave up, each counted once."""
        errors, stack = 0, [self.tree.root_node]
        while stack:
            node = stack.pop()
            if node.type == "ERROR" or node.is_missing:
                errors += 1
            elif node.has_error:
                stack.extend(node.children)
        return errors

    def text(self, start, end):
        """The characters between two offsets."""
        return self.data[start:end].decode("utf8", "replace")

    def line_end(self, offset):
        """Offset of the line break that ends the line, or of the end of the file."""
        index = bisect.bisect_left(self.breaks, offset)
        return self.breaks[index] if index < len(self.breaks) else len(self.data)

    def line_start(self, offset):
        """Offset of the first character of the line."""
        index = bisect.bisect_left(self.breaks, offset)
        return self.breaks[index - 1] + 1 if index else 0

    def token_after(self, offset):
        """Index of the first token that ends behind `offset`; it may have begun before."""
        index = bisect.bisect_right(self.starts, offset) - 1
        if index >= 0 and self.tokens[index].end > offset:
            return index
        return index + 1

    def tokens_from(self, offset):
        """The tokens that start at `offset` or later."""
        for index in range(bisect.bisect_left(self.starts, offset), len(self.tokens)):
            yield self.tokens[index]


def kind_of(node, text):
    """What a leaf is. A Python doc string is a statement, and read as a comment."""
    if node.type in COMMENTS:
        return "comment"
    if node.type == "string" and node.parent is not None and node.parent.type == "expression_statement":
        return "comment"
    if node.type in STRINGS:
        return "string"
    return "punctuation" if PUNCTUATION.match(text) else "word"
