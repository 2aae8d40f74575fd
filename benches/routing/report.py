"""The evaluation as a page of Markdown, in two parts: what is compared, and what a clock said."""

from metrics import (CLASSES, FALSE_FLAGSHIP_RATES, block_recall, cascade, class_accuracy,
                     class_error, confidence_error, confusion, macro, one_shot, percentile, share,
                     simple_to, tier_accuracy)
from packages import LANGUAGES, declared
from sampling import POLICIES

TIMES = "## Decision time\n"
HEADLINE_RATE = 0.03
SIZES = ((0, 8_192), (8_192, 65_536), (65_536, 1 << 62))
SIZE_NAMES = ("up to 8 KiB", "8 to 64 KiB", "over 64 KiB")
LABELS_APART = {"text": "in comments and strings", "debug": "below a TODO or FIXME"}


def percent(value):
    """A share as a percentage, or a dash where there is none."""
    return "–" if value is None else f"{100 * value:.1f}"


def error(value):
    """A calibration error, which is a small share by itself."""
    return "–" if value is None else f"{value:.3f}"


# What is told of every set of rows: heading, how it is computed, how it is written.
FIGURES = (
    ("5 classes", class_accuracy, percent),
    ("tier", tier_accuracy, percent),
    ("simple → flagship", simple_to("flagship"), percent),
    ("simple → mid", simple_to("mid"), percent),
    ("block recall", block_recall(one_shot, HEADLINE_RATE), percent),
    ("with cascade", block_recall(cascade, HEADLINE_RATE), percent),
    ("calibration error", confidence_error, error),
)


def table(head, rows):
    """A Markdown table whose first column is text and the others are numbers."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)


def of_policy(outcomes, policy):
    """The rows of one policy that are code: comments, strings and markers are told apart."""
    return [row for row in outcomes if row.policy == policy and row.truth in CLASSES]


def page(outcomes, half, digest):
    """The whole page. Everything above TIMES follows from the rows and answers alone.

    `digest` names the file of positions, so that other rows are not taken for another router.
    """
    pause = of_policy(outcomes, "pause")
    sections = (
        introduction(half, digest, outcomes, pause), by_language(pause), recalls(pause), calibration(pause),
        confusions(pause), policies(outcomes), apart(outcomes), times(outcomes),
    )
    return "\n".join(sections)


def introduction(half, digest, outcomes, pause):
    """What was measured, and the figures that have a goal."""
    packages = len(declared(half))
    goals = ("", "≥ 88", "< 1", "", "≥ 60", "≥ 80", "≤ 0.03")
    rows = [
        (name if "recall" not in name and "cascade" not in name else f"{name}, 3 % false flagship",
         write(macro(metric, pause, LANGUAGES)), write(metric(pause)), goal)
        for (name, metric, write), goal in zip(FIGURES, goals)
    ]
    return (
        "# How requests are routed, measured\n\n"
        f"`tabtier explain --batch` on the {half} half of the corpus: {packages} packages in "
        f"{len(LANGUAGES)} languages,\n{len(outcomes):,} labelled positions (`{digest}`). "
        "[README.md](README.md) says what the words mean and how to repeat it.\n\n"
        f"The headline: {len(pause):,} positions where developers pause, in code, in percent. *Macro* "
        "is the mean\nof the languages, and it is what the goals are about; *pooled* counts every "
        "row alike.\n\n"
        + table(["", "macro", "pooled", "goal"], rows))


def by_language(pause):
    """The figures for each language, and both ways to sum them up."""
    rows = []
    for language in LANGUAGES:
        own = [row for row in pause if row.language == language]
        rows.append(line_of(language, own, lambda metric, own=own: metric(own)))
    rows.append(line_of("macro", pause, lambda metric: macro(metric, pause, LANGUAGES)))
    rows.append(line_of("pooled", pause, lambda metric: metric(pause)))
    head = ["language", "rows", "blocks", *(name for name, *_ in FIGURES)]
    return "## By language\n\nBlock recall is at 3 % false flagship.\n\n" + table(head, rows)


def line_of(name, rows, value):
    """One line of figures; `value` says how a metric becomes a number."""
    blocks = sum(row.is_block for row in rows)
    return [name, f"{len(rows):,}", blocks, *(write(value(metric)) for _, metric, write in FIGURES)]


def recalls(pause):
    """The curve: how many blocks are found at each rate of false alarms."""
    rows = []
    for rate in FALSE_FLAGSHIP_RATES:
        found = [block_recall(score, rate) for score in (one_shot, cascade)]
        rows.append([f"{rate:.0%}", *(percent(value) for metric in found
                                      for value in (macro(metric, pause, LANGUAGES), metric(pause)))])
    operating = [percent(share((row for row in pause if row.is_block == is_block),
                               lambda row: row.tier == "flagship")) for is_block in (True, False)]
    return (
        "## Block recall\n\n"
        "How many blocks score above the threshold that the given share of the other positions "
        "passes.\nMacro takes a threshold for each language, pooled one for all. The cascade has "
        "also seen the\ntrue first line, as a cheap model that gets it right would stream it.\n\n"
        + table(["false flagship", "one-shot, macro", "one-shot, pooled", "cascade, macro",
                 "cascade, pooled"], rows)
        + f"\nAs decided, {operating[0]} % of the blocks and {operating[1]} % of the other positions "
        "go to the flagship.\n")


def calibration(pause):
    """Whether probabilities mean what they say."""
    measures = [("the class is right", confidence_error)]
    measures += [(f"the truth is {name}", class_error(name)) for name in CLASSES]
    rows = [[name, error(macro(metric, pause, LANGUAGES)), error(metric(pause))]
            for name, metric in measures]
    return ("## Calibration\n\nExpected calibration error over 15 equal-width bins.\n\n"
            + table(["probability that", "macro", "pooled"], rows))


def confusions(pause):
    """Which class is taken for which, over all languages."""
    counts = confusion(pause)
    others = sorted({name for row in counts.values() for name in row} - set(CLASSES))
    columns = [*CLASSES, *others]
    rows = [[truth, *(counts[truth].get(name, 0) for name in columns)] for truth in CLASSES]
    return "## Confusion\n\nTrue class by line, decided class by column.\n\n" \
        + table(["", *columns], rows)


def policies(outcomes):
    """The same figures for other ways to pick positions."""
    rows = []
    for policy in POLICIES:
        own = of_policy(outcomes, policy)
        rows.append(line_of(policy, own, lambda metric, own=own: macro(metric, own, LANGUAGES)))
    head = ["positions", "rows", "blocks", *(name for name, *_ in FIGURES)]
    return "## Other positions\n\nMacro over the languages.\n\n" + table(head, rows)


def apart(outcomes):
    """Where the labels have no class of code, only what was decided can be told."""
    tiers = ("local", "fast", "mid", "flagship")
    rows = []
    for label, name in LABELS_APART.items():
        own = [row for row in outcomes if row.truth == label]
        rows.append([name, f"{len(own):,}", percent(share(own, lambda row: row.predicted == "prose")),
                     *(percent(share(own, lambda row, tier=tier: row.tier == tier))
                       for tier in tiers)])
    return "## Apart\n\nAll policies, in percent.\n\n" \
        + table(["", "rows", "decided as prose", *(f"to {tier}" for tier in tiers)], rows)


def times(outcomes):
    """How long a decision takes, with the syntax tree at hand, by size of the file."""
    rows = []
    for (least, most), name in zip(SIZES, SIZE_NAMES):
        own = [row.decision_us for row in outcomes if least <= row.file_bytes < most]
        rows.append([name, f"{len(own):,}", *clock(own)])
    rows.append(["all", f"{len(outcomes):,}", *clock([row.decision_us for row in outcomes])])
    return TIMES + "\nMicroseconds on the machine this was written on; not compared.\n\n" \
        + table(["file", "rows", "p50", "p99"], rows)


def clock(values):
    """Median and 99th percentile, in whole microseconds."""
    return ["–" if value is None else f"{value:.0f}"
            for value in (percentile(values, 0.5), percentile(values, 0.99))]
