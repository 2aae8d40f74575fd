"""The figures of the evaluation, as functions of plain rows. Nothing here knows a file or a program."""

import dataclasses

CLASSES = ("closer", "name", "line", "boilerplate", "block")
SIMPLE = ("closer", "name", "line")
TIER_OF = {"closer": "local", "name": "fast", "line": "fast", "boilerplate": "mid",
           "block": "flagship"}
FALSE_FLAGSHIP_RATES = (0.01, 0.02, 0.03, 0.05, 0.10)
BINS = 15


@dataclasses.dataclass(frozen=True)
class Outcome:
    """A labelled position and what the router made of it. `predicted` may be outside of CLASSES."""

    language: str
    policy: str
    truth: str
    predicted: str
    tier: str
    confidence: float
    probabilities: dict
    flagship_score: float
    cascade_score: float | None
    decision_us: float
    file_bytes: int

    @property
    def is_right(self):
        """Whether the class is the true one."""
        return self.predicted == self.truth

    @property
    def is_block(self):
        """Whether the truth is a body or statement of several lines with logic."""
        return self.truth == "block"


def share(rows, holds):
    """The share of rows for which `holds`; None of no rows, which is not the same as zero."""
    rows = list(rows)
    return sum(map(bool, map(holds, rows))) / len(rows) if rows else None


def class_accuracy(rows):
    """Share of rows whose class is right, of five."""
    return share(rows, lambda row: row.is_right)


def tier_accuracy(rows):
    """Share of rows that go to the tier their true class is meant for."""
    return share(rows, lambda row: row.tier == TIER_OF[row.truth])


def simple_to(tier):
    """The share of closers, names and lines that go to `tier`, as a function of rows."""
    return lambda rows: share((row for row in rows if row.truth in SIMPLE),
                              lambda row: row.tier == tier)


def block_recall(score, rate):
    """Share of blocks above the threshold that at most `rate` of the other rows pass.

    A function of rows. The threshold is one of the scores of the other rows and must be exceeded, so
    equal scores count against the router. None where a row has no score.
    """
    def recall(rows):
        scored = [(score(row), row.is_block) for row in rows]
        if any(value is None for value, _ in scored):
            return None
        others = sorted((value for value, is_block in scored if not is_block), reverse=True)
        blocks = [value for value, is_block in scored if is_block]
        if not others or not blocks:
            return None
        threshold = others[min(int(rate * len(others) + 1e-9), len(others) - 1)]
        return sum(value > threshold for value in blocks) / len(blocks)
    return recall


def one_shot(row):
    """The score of a decision from the text around the cursor alone."""
    return row.flagship_score


def cascade(row):
    """The score once a cheap model has streamed the true first line."""
    return row.cascade_score


def calibration_error(pairs, count=BINS):
    """Expected calibration error of (probability, happened) pairs over `count` equal-width bins.

    The mean distance between what was promised and what happened, weighted by the rows of each bin.
    """
    bins = [[0, 0.0, 0] for _ in range(count)]
    for probability, happened in pairs:
        entry = bins[min(int(probability * count), count - 1)]
        entry[0] += 1
        entry[1] += probability
        entry[2] += bool(happened)
    total = sum(entry[0] for entry in bins)
    if total == 0:
        return None
    return sum(abs(promised - happened) for _, promised, happened in bins) / total


def confidence_error(rows):
    """Calibration error of `confidence` as the probability that the class is right."""
    return calibration_error((row.confidence, row.is_right) for row in rows)


def class_error(name):
    """Calibration error of the probability of one class, as a function of rows."""
    return lambda rows: calibration_error(
        (row.probabilities.get(name, 0.0), row.truth == name) for row in rows)


def macro(metric, rows, languages):
    """The plain mean of a metric over the languages that have it."""
    values = [metric([row for row in rows if row.language == language]) for language in languages]
    values = [value for value in values if value is not None]
    return sum(values) / len(values) if values else None


def confusion(rows):
    """How often each true class was taken for each class."""
    table = {truth: {} for truth in CLASSES}
    for row in rows:
        table[row.truth][row.predicted] = table[row.truth].get(row.predicted, 0) + 1
    return table


def percentile(values, part):
    """The value that `part` of the sorted values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(part * 1000) * len(ordered) // 1000) - 1)] if ordered else None
