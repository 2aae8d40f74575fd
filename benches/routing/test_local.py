"""How offers are judged and what the baselines offer, on places small enough to read."""

import pathlib
import tempfile
import unittest

import judging
import local
import ngrams
import unwritten
from batch import request
from judging import Candidate, Judged, Place, is_kept, kind_of, name_at, place_of


def judged(truth, *offers, label="name", typed="1", unit="", language="rust", least=0.5):
    """A place with offers, each a text or (text, confidence)."""
    offers = tuple(Candidate(*offer) if isinstance(offer, tuple) else Candidate(offer, 0.9)
                   for offer in offers)
    return Judged(Place(language, "pause", label, truth, typed, unit), offers, least)


class UnwrittenTest(unittest.TestCase):
    """What is left out where a block is opened."""

    def test_a_body_ends_with_its_closing_line(self):
        def check(code, expected):
            before, _, after = code.partition("|")
            rest = after.index("\n")
            content = (before + after).encode()
            end = unwritten.end_of_body(content, len(before), len(before) + rest)
            self.assertEqual(end and content[end:].decode(), expected, code)
        check("if (a|) {\n    b();\n\n    c();\n}\nd();\n", "\nd();\n")
        check("if a|:\n    b()\nc()\n", "\nc()\n")
        check("f(a|, {\n  b,\n});\n", "\n")
        check("if (a|) {\n    b();\n} else {\n}\n", None)  # it goes on
        check("if (a|) {\n}\n", None)  # there is no body
        check("x = a|:\ny = b\n", None)

    def test_blocks_end_with_their_closing_lines(self):
        code = "class A {\n  f() {\n    a();\n    b();\n  }\n\n  g() {\n  }\n}\n\nx();\n"

        def check(before, blocks, expected, code=code):
            offset = code.index(before) + len(before)
            end = unwritten.end_of_blocks(code.encode(), offset, code.index("\n", offset), blocks)
            self.assertEqual(end and code[end:], expected, (before, blocks))
        check("a()", 1, "\n\n  g() {\n  }\n}\n\nx();\n")
        check("a()", None, "\n\nx();\n")
        check("f() {", 1, "\n\n  g() {\n  }\n}\n\nx();\n")
        check("b()", None, "\n\nx();\n")
        check("x()", None, None)  # it is in no block
        self.assertEqual(unwritten.start_of_item(code.encode(), code.index("b()"), 0), 0)
        self.assertEqual(unwritten.start_of_item(code.encode(), code.index("x()"), 0), code.index("x()"))
        self.assertEqual(unwritten.start_of_item(code.encode(), code.index("x()"), 1), 0)
        goes_on = "if (a) {\n  b();\n} else {\n  c();\n}\nd();\n"
        check("b()", 1, "\nd();\n", goes_on)
        ends_otherwise = "if a:\n    f(\n        b,\n    )\n    c()\nd()\n"
        check("f(", 1, "\n    c()\nd()\n", ends_otherwise)
        check("if a:", 1, "\nd()\n", ends_otherwise)


class JudgingTest(unittest.TestCase):
    """What counts as right."""

    def test_an_offer_is_kept_whole_or_not_at_all(self):
        def check(truth, text, expected):
            self.assertEqual(is_kept(truth, text), expected, (truth, text))
        check("ber);", "ber", True)
        check("ber);", "ber)", True)
        check("ber);", "ber);", True)
        check("ber);", "ber);\n", True)  # blanks at the end, where nothing else was to come
        check("ber);", "ber));", False)
        check("ber_of();", "ber", False)  # cuts a word
        check("a + b", "a + ", True)  # the next word is not cut, it has not begun
        check(") {", ");", False)
        check("\n}", "}", True)
        check("x", "", False)

    def test_names_are_asked_for_by_what_stands_before(self):
        def check(before, truth, expected):
            self.assertEqual(name_at(before, truth), expected, (before, truth))
        check("self.", "name.len()", (".", "name"))
        check("self\n    .", "name", (".", "name"))
        check("p->", "x;", ("-> ::", "x"))
        check("a::", "B", ("-> ::", "B"))
        check("0..", "n", ("0", "n"))  # a range
        check("f(...", "args)", ("0", "args"))
        check("let x = ", "y;", ("0", "y"))
        check("x.n", "ame", ("1", "ame"))
        check("x.nam", "e", ("3+", "e"))
        check("= 1", "23;", (None, None))  # a number
        check("= ", "23;", (None, None))
        check("name", ".len()", (None, None))  # nothing is missing

    def test_only_names_in_the_line_have_units(self):
        row = {"language": "go", "policy": "pause", "label": "name", "where": "mid", "true": "me)"}
        self.assertEqual(place_of(row, "x.na").unit, "me")
        self.assertIsNone(place_of(row | {"where": "sol"}, "").typed)
        self.assertIsNone(place_of(row | {"label": "line"}, "x.na").typed)

    def test_names_are_found_by_their_leading_word(self):
        rows = [judged("me)", "me)", unit="me"), judged("me)", "mes", "me", unit="me"), judged("me)", unit="me")]
        self.assertEqual(judging.top(1)(rows), 1 / 3)
        self.assertEqual(judging.top(5)(rows), 2 / 3)
        sixth = judged("me)", *"abcde", "me", unit="me")
        self.assertEqual(judging.top(5)([sixth]), 0)

    def test_closers_are_whole_or_begin_well(self):
        rows = [judged("});", ")", label="closer"), judged("});", "});", label="closer"),
                judged("});", "})", label="closer"), judged("});", label="closer")]
        self.assertEqual(judging.whole_run(rows), 1 / 4)
        self.assertEqual(judging.first_character(rows), 2 / 4)

    def test_only_sure_offers_are_shown_and_silence_is_not_wrong(self):
        rows = [judged("me)", ("me", 0.6)), judged("me)", ("xy", 0.6)), judged("me)", ("xy", 0.4)),
                judged("me)"), judged("me)", ("xy", 0.9), least=None)]
        self.assertEqual(judging.shown_share(rows), 2 / 5)
        self.assertEqual(judging.wrong_share(rows), 1 / 2)
        self.assertEqual(judging.shown_share(judging.at_threshold(rows, 0.4)), 4 / 5)
        self.assertIsNone(judging.wrong_share(rows[2:]))

    def test_kinds_are_shapes(self):
        self.assertEqual([kind_of(text) for text in ("});", "\n}", "name", "f(x)", "a b")],
                         ["closer", "closer", "name", "line", "line"])

    def test_a_short_line_is_its_first_line(self):
        rows = [judged("\n    return x;\n", "return x;", label="line"), judged("return x;", "return", label="line")]
        self.assertEqual(judging.whole_line(rows), 1 / 2)
        self.assertEqual([judging.is_long(row) for row in rows], [True, False])

    def test_reliability_has_ten_bins(self):
        rows = [judged("me)", ("me", 0.95)), judged("me)", ("xy", 1.0)), judged("me)", ("me", 0.31))]
        bins = judging.reliability(rows)
        self.assertEqual((bins[9][0], bins[9][2]), (2, 0.5))
        self.assertAlmostEqual(bins[9][1], 0.975)
        self.assertEqual(bins[3], (1, 0.31, 1.0))
        self.assertEqual(bins[0], (0, None, None))
        self.assertAlmostEqual(judging.offer_error(rows), (2 * 0.475 + 0.69) / 3)


def view(text, is_in_name=True):
    """What is seen of a text at `|`, of which the part to `¦` is yet to be written."""
    before, rest = text.split("|")
    hidden, after = rest.split("¦")
    data = (before + hidden + after).encode()
    end = len((before + hidden).encode())
    return ngrams.View(ngrams.Buffer(data), len(before.encode()), end, is_in_name)


class BaselinesTest(unittest.TestCase):
    """What the engine is compared with."""

    def texts(self, candidates):
        """The texts alone."""
        return [candidate.text for candidate in candidates]

    def test_nothing_hidden_is_known(self):
        self.assertEqual(self.texts(ngrams.names(view("alpha(albatross);\nx = al|bedo¦;"))),
                         ["batross", "pha"])
        self.assertEqual(ngrams.words(view("x = al|bedo¦;"), "nearest"), ())

    def test_words_have_three_orders(self):
        seen = view("far_a far_b far_a fa|r¦ far_c far_d")
        self.assertEqual(self.texts(ngrams.words(seen, "backwards")), ["r_a", "r_b", "r_d", "r_c"])
        seen = view("far_a far_a far_a far_b fa|r¦ far_c")
        self.assertEqual(self.texts(ngrams.words(seen, "nearest"))[-1], "r_a")
        self.assertEqual(self.texts(ngrams.words(seen, "most frequent"))[0], "r_a")

    def test_context_beats_frequency(self):
        seen = view("x.name; name_b; name_b; name_b; name_b; y.name; z.na|me¦;")
        self.assertEqual(self.texts(ngrams.names(seen))[0], "me")

    def test_a_hidden_token_is_no_context(self):
        # `b` stands behind the hidden `a`; where it is visible again it counts.
        self.assertEqual(view("f(|a¦ b").following(("a",)), {})
        self.assertEqual(view("a b; f(|a¦ b").following(("a",)), {"b": 1})

    def test_closers_end_with_the_line(self):
        def check(text, expected):
            self.assertEqual(self.texts(ngrams.closers(view(text, is_in_name=False))), expected, text)
        check("f(a);\ng(a);\nh(a|);¦\n", [");"])
        check("f(a);\ng(b);\nh(c|);¦\n", [])  # never seen behind `c`
        check("f(a) + g(a) + h(a|);¦\n", [")+"])  # blanks are no tokens, a word ends it

    def test_the_package_counts_without_the_file(self):
        seen = view("x.al|pha¦;")
        other, own = "y.albedo; y.albedo; y.alpine;", seen.buffer.text
        package = ngrams.PackageCounts([other, own], {(".",), ("x", "."), ("y", ".")})
        self.assertEqual(self.texts(ngrams.names(seen, package)), ["bedo", "pine"])


class LocalTest(unittest.TestCase):
    """How the program is asked."""

    def test_rows_are_parted_between_packages(self):
        rows = [{"language": "go", "package": package} for package in "aabbbc"]
        self.assertEqual([[row["package"] for row in part] for part in local.halves(rows)],
                         [["a", "a"], ["b", "b", "b", "c"]])

    def test_the_workspace_is_named_only_where_it_is_asked_for(self):
        row = {"path": "a.go", "offset": 1, "mask_end": 2, "true": "b"}
        self.assertNotIn("workspace", request(row, 0, b"abc"))
        self.assertEqual(request(row | {"workspace": "/w"}, 0, b"abc")["workspace"], "/w")

    def test_thresholds_are_those_of_classes_that_reach_the_engine(self):
        settings = ("policy.gate = 'normal'\n"
                    "policy.line.local_confidence_min = 0.7\npolicy.line.tiers = ['fast', 'local']\n"
                    "policy.prose.local_confidence_min = 0.6\npolicy.prose.tiers = ['fast']\n")
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder) / "program"
            program.write_text(f"#!/bin/sh\ncat <<'END'\n{settings}END\n", encoding="utf8")
            program.chmod(0o700)
            self.assertEqual(local.thresholds(str(program)), {"line": 0.7})

    def test_pages_are_filled_and_compared(self):
        begin, end = local.MARKS
        text = local.filled(f"a\n{begin}old\n{end}b\n", "new\n")
        self.assertEqual(text, f"a\n{begin}new\n{end}b\n")
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "page.md"
            self.assertIn("+new", local.publish({page: text}, is_writing=False))
            self.assertFalse(page.exists())
            self.assertEqual(local.publish({page: text}, is_writing=True), "")
            self.assertEqual(local.publish({page: text}, is_writing=False), "")


if __name__ == "__main__":
    unittest.main()
