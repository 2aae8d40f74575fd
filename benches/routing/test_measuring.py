"""What the figures mean, on rows small enough to count by hand."""

import unittest

from batch import LABEL_OF, first_line, outcome
from corpus import wanted
from metrics import (Outcome, block_recall, calibration_error, class_accuracy, confusion, macro,
                     one_shot, percentile, simple_to, tier_accuracy)
from pathlib import PurePosixPath


def row(truth, predicted="line", tier="fast", score=0.0, language="rust", confidence=0.5):
    """An outcome in which only what a test is about differs."""
    return Outcome(language, "pause", truth, predicted, tier, confidence, {}, score, None, 1.0, 1)


class MetricsTest(unittest.TestCase):
    """Each figure, with the case that a wrong reading would get wrong."""

    def test_calibration_error_is_weighted_by_rows(self):
        self.assertEqual(calibration_error([(1.0, True), (0.0, False)]), 0)
        self.assertAlmostEqual(calibration_error([(0.9, True), (0.9, False)]), 0.4)
        self.assertAlmostEqual(calibration_error([(0.9, True), (0.9, False), (0, False), (0, False)]), 0.2)
        # 0.70 and 0.72 fall into one of fifteen bins, so their errors cancel; 0.60 and 0.72 do not.
        self.assertAlmostEqual(calibration_error([(0.70, True), (0.72, False)]), 0.21)
        self.assertAlmostEqual(calibration_error([(0.60, True), (0.72, False)]), 0.56)
        self.assertIsNone(calibration_error([]))

    def test_accuracy_of_tiers_is_not_that_of_classes(self):
        rows = [row("name"), row("line"), row("closer", "closer", "local"), row("block")]
        self.assertEqual(class_accuracy(rows), 0.5)
        self.assertEqual(tier_accuracy(rows), 0.75)
        self.assertEqual(simple_to("local")(rows), 1 / 3)
        self.assertEqual(confusion(rows)["name"], {"line": 1})

    def test_recall_allows_just_the_rate(self):
        rows = [row("line", score=value / 100) for value in range(100)]
        rows += [row("block", score=0.985), row("block", score=0.965), row("block", score=0.5)]
        self.assertEqual(block_recall(one_shot, 0.01)(rows), 1 / 3)  # only 0.99 may pass
        self.assertEqual(block_recall(one_shot, 0.03)(rows), 2 / 3)
        self.assertIsNone(block_recall(one_shot, 0.03)([row("line")]))
        self.assertIsNone(block_recall(lambda row: row.cascade_score, 0.03)(rows))

    def test_equal_scores_are_no_recall(self):
        self.assertEqual(block_recall(one_shot, 0.1)([row("line"), row("block")]), 0)

    def test_macro_counts_a_language_once_and_only_where_it_has_the_figure(self):
        rows = [row("line")] + [row("line", "name", language="go")] * 3
        self.assertEqual(macro(class_accuracy, rows, ("rust", "go")), 0.5)
        self.assertEqual(macro(class_accuracy, rows, ("rust", "go", "java")), 0.5)

    def test_percentiles_are_values_that_occurred(self):
        self.assertEqual(percentile(range(1, 101), 0.99), 99)
        self.assertEqual(percentile(range(1, 101), 0.5), 50)
        self.assertEqual(percentile([7], 0.99), 7)
        self.assertIsNone(percentile([], 0.5))


class BatchTest(unittest.TestCase):
    """What is sent and how it is read."""

    def test_the_cascade_sees_one_line_with_text(self):
        self.assertEqual(first_line("if x {\n    y\n}"), "if x {")
        self.assertEqual(first_line("\n\n    if x {\n    y\n}"), "\n\n    if x {")
        self.assertEqual(first_line("x)"), "x)")

    def test_classes_that_share_a_label_add_up(self):
        answer = {"class": "refactor", "tier": "flagship", "confidence": 0.6, "decision_us": 3.0,
                  "flagship_score": 0.9, "scores": {"logic": 0.3, "refactor": 0.6, "prose": 0.1}}
        position = {"language": "go", "policy": "pause", "label": "block"}
        found = outcome(position, answer, 10)
        self.assertTrue(found.is_right)
        self.assertAlmostEqual(found.probabilities["block"], 0.9)
        self.assertEqual(found.probabilities["prose"], 0.1)
        self.assertIsNone(found.cascade_score)
        self.assertNotIn("prose", LABEL_OF)


class CorpusTest(unittest.TestCase):
    """What counts as source that somebody wrote."""

    def test_wanted(self):
        def check(path, language, expected):
            self.assertEqual(wanted(PurePosixPath(path), language), expected, path)
        check("src/a.ts", "typescript", True)
        check("src/a.d.ts", "typescript", False)
        check("dist/a.js", "javascript", False)
        check("lib/a.min.js", "javascript", False)
        check("pkg/vendor/b/a.go", "go", False)
        check("src/a.h", "cpp", True)
        check("src/a.c", "cpp", False)


if __name__ == "__main__":
    unittest.main()
