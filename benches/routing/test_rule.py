"""The labelling rule on small files; the cursor is `¦`."""

import unittest

from rule import label_at
from source import SourceFile

RUST = """use std::fmt;

struct Point {
    x: i32,
    y: i32,
}

impl Point {
    fn x(&self) -> i32 {
        self.x
    }

    fn longest(points: &[Point]) -> i32 {
        let mut longest = 0;
        for point in points {
            if point.x > longest {
                longest = point.x;
            }
        }
        // TODO: look at y as well
        let scaled = longest * 2;
        longest.max(scaled)
    }
}
"""
PYTHON = '''import os


def read(path, names):
    """Say what is there."""
    if path is None:
        return None
    found = []
    for name in names:
        if name in path:
            found.append(os.path.join(path, name))
            last = name
    return found
'''


class RuleTest(unittest.TestCase):
    """Each test replaces one place of a file by the same place with a cursor in it."""

    def check(self, grammar, whole, marked, label, true, where):
        """`marked` occurs once in `whole` when its cursor is taken out."""
        plain = marked.replace("¦", "")
        self.assertEqual(whole.count(plain), 1, plain)
        offset = len((whole[:whole.index(plain)] + marked.partition("¦")[0]).encode())
        found = label_at(SourceFile(whole.encode(), grammar), offset)
        self.assertEqual((found.label, found.true, found.where), (label, true, where), marked)
        self.assertEqual(whole.encode()[offset:found.mask_end].decode(), true)

    def test_what_remains_of_a_line(self):
        def check(marked, label, true):
            self.check("rust", RUST, marked, label, true, "mid")
        check("if point.¦x > longest", "line", "x > longest {")
        check("points: &[Point¦]) -> i32", "name", "]) -> i32 {")
        check("longest.max(scaled¦)", "closer", ")")
        check("longest.max(sca¦led)", "name", "led)")
        check("longest.max(¦scaled)", "name", "scaled)")
        check("use std::¦fmt", "name", "fmt;")
        check("use ¦std::fmt", "boilerplate", "std::fmt;")

    def test_statements_at_the_start_of_a_line(self):
        def check(marked, label, true):
            self.check("rust", RUST, marked, label, true, "sol")
        check("¦let mut longest = 0", "line", "let mut longest = 0;")
        check("¦longest = point.x", "line", "longest = point.x;")
        check("¦if point.x > longest", "block",
              "if point.x > longest {\n                longest = point.x;\n            }")
        check("¦x: i32,\n    y", "boilerplate", "x: i32,")
        check("¦fn x(&self)", "boilerplate", "fn x(&self) -> i32 {\n        self.x\n    }")
        check("¦impl Point {", "line", "impl Point {")
        check("¦struct Point", "boilerplate", RUST[RUST.index("struct"):RUST.index("\n\nimpl")])

    def test_an_opened_body_is_written_whole(self):
        body = RUST[RUST.index("let mut"):RUST.index("\n    }\n}")]
        self.check("rust", RUST, "-> i32 {¦\n        let", "block", "\n        " + body, "open")
        self.check("python", PYTHON, "name in names:¦", "block",
                   PYTHON[PYTHON.index("\n        if name"):PYTHON.index("\n    return found")], "open")

    def test_markers_need_a_comment_right_above(self):
        self.check("rust", RUST, "¦let scaled", "debug", "let scaled = longest * 2;", "sol")
        self.check("rust", RUST, "¦longest.max", "line", "longest.max(scaled)", "sol")

    def test_comments_and_strings_are_apart(self):
        self.check("rust", RUST, "look ¦at y", "text", "at y as well", "mid")
        self.check("python", PYTHON, '"Say ¦what', "text", 'what is there."""', "mid")

    def test_guards_and_set_phrases(self):
        self.check("python", PYTHON, "¦if path is None", "block",
                   "if path is None:\n        return None", "sol")
        go = "package a\n\nfunc f() error {\n\tif err := g(); err != nil {\n\t\treturn err\n\t}\n" \
             "\terr := h()\n\tif err != nil {\n\t\treturn err\n\t}\n\treturn nil\n}\n"
        self.check("go", go, "h()\n\t¦if err != nil", "boilerplate",
                   "if err != nil {\n\t\treturn err\n\t}", "sol")
        self.check("go", go, "¦if err := g()", "block",
                   "if err := g(); err != nil {\n\t\treturn err\n\t}", "sol")
        self.check("go", go, "¦return nil", "boilerplate", "return nil", "sol")

    def test_nothing_is_left_at_the_end(self):
        file = SourceFile(RUST.encode(), "rust")
        self.assertIsNone(label_at(file, len(RUST)))

    def test_an_editor_that_pairs_brackets_holds_the_closers(self):
        file = SourceFile(b"int main() {\n  f(a[i(1, 2), 3], 4);\n}\n", "c")
        offset = file.data.index(b"1, 2")
        self.assertEqual(label_at(file, offset).autoclose, ")])")


if __name__ == "__main__":
    unittest.main()
