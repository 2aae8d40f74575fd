"""What the local engine offers, as a page of Markdown."""

import judging
from judging import (KINDS, SHORT_LINES, TYPED, at_threshold, first_character, kept_in, labelled, names,
                     offer_error, reliability, shown, shown_share, top, whole_line, whole_run,
                     wrong_share)
from metrics import CLASSES, macro, share
from packages import LANGUAGES, declared
from report import error, percent, table
from sampling import POLICIES

TYPED_NAMES = {"0": "nothing typed, no member", ".": "nothing typed, after `.`",
               "-> ::": "nothing typed, after `->` or `::`", "1": "1 character typed",
               "2": "2 characters typed", "3+": "3 or more typed"}
ENGINES = ("engine", "engine, workspace")
THRESHOLDS = (0.2, 0.35, 0.5, 0.65, 0.8, 0.9)


def mean(metric, rows):
    """The mean of the languages, as it is written."""
    return percent(macro(metric, rows, LANGUAGES))


def of_code(rows, policy):
    """The rows of a policy that are code."""
    return kept_in(rows, lambda row: row.place.policy == policy and row.place.label in CLASSES)


def page(found, half, count, digest):
    """The page. `found` has what each of the engine's and the baselines' runs offered."""
    pause = {name: of_code(rows, "pause") for name, rows in found.items()}
    engines = [name for name in ENGINES if name in found]
    sections = [
        introduction(half, count, digest, pause["engine"]), "## Headline\n\n" + goals(pause),
        "## Names\n\nThe right one is the first offer / among five offers.\n\n" + typed(pause),
        languages(pause, engines), *(offered(name, pause[name]) for name in engines),
        *(calibration(name, pause[name]) for name in engines),
        *(policies(name, found[name]) for name in engines), apart(found, engines),
    ]
    return "\n".join(sections)


def introduction(half, count, digest, pause):
    """What was measured."""
    return (
        "# What the local engine offers, measured\n\n"
        f"On the {half} half of the corpus: {len(declared(half))} packages in {len(LANGUAGES)} "
        f"languages, {count:,} labelled\npositions (`{digest}`), of which {len(pause):,} are where "
        "developers pause, in code. All figures are about\nthese, in percent, as the mean of the "
        "languages, unless a table says otherwise.\n[README.md](README.md#the-local-engine) says what "
        "the words mean and how to repeat it.\n")


GOALS = (
    ("names, first offer", names(), top(1), "≥ 72"),
    ("names, five offers", names(), top(5), "≥ 85"),
    ("names with 2 typed, first offer", names("2"), top(1), "≥ 82"),
    ("members after a bare `.`, five offers", names("."), top(5), "≥ 55"),
    ("closers, whole run", labelled("closer"), whole_run, "≥ 85"),
    ("closers, first character", labelled("closer"), first_character, ""),
    ("wrong, of what is shown", lambda row: True, wrong_share, "≤ 10"),
)


def columns(pause):
    """The runs told side by side: the engine's, the best order of words, the n-gram model's."""
    orders = [name for name in pause if name.startswith("words, ")]
    best = max(orders, key=lambda name: macro(top(1), kept_in(pause[name], names()), LANGUAGES),
               default=None)
    wanted = (*ENGINES, best, "n-gram", "n-gram, workspace")
    return [name for name in wanted if name in pause]


def goals(pause):
    """The figures that have a goal, for the engine and what it is compared with."""
    chosen = columns(pause)
    rows = [[title, *(figure(pause[name], picks, metric) for name in chosen), goal]
            for title, picks, metric, goal in GOALS]
    return table(["", *chosen, "goal"], rows)


def summary(found):
    """The tables of the page for users: what has a goal, and names by what is typed of them."""
    pause = {name: of_code(rows, "pause") for name, rows in found.items()}
    chosen = {name: pause[name] for name in columns(pause)}
    return (f"\n{goals(pause)}\nNames by what is typed of them, first offer / among five:\n\n"
            f"{typed(chosen)}\nFirst offers by the confidence said, with the file alone:\n\n"
            f"{bins(pause['engine'])}")


def figure(rows, picks, metric):
    """One figure; a dash where the run offers nothing of the sort."""
    return mean(metric, kept_in(rows, picks))


def typed(pause):
    """Names by how much of them is there."""
    rows = []
    for key in (*TYPED, None):
        title = TYPED_NAMES.get(key, "all")
        count = len(kept_in(pause["engine"], names(key)))
        cells = [" / ".join(figure(pause[name], names(key), top(k)) for k in (1, 5)) for name in pause]
        rows.append([title, f"{count:,}", *cells])
    return table(["", "rows", *pause], rows)


def languages(pause, engines):
    """The main figures by language, and both ways to sum them up."""
    parts = []
    for name in engines:
        rows = [cells(language, kept_in(pause[name], lambda row, own=language: row.language == own),
                      lambda metric, rows: metric(rows)) for language in LANGUAGES]
        rows.append(cells("macro", pause[name], lambda metric, rows: macro(metric, rows, LANGUAGES)))
        rows.append(cells("pooled", pause[name], lambda metric, rows: metric(rows)))
        parts.append(f"## By language: {name}\n\n" + table(
            ["", "names", "first", "of five", "2 typed, first", "after `.`, of five", "closers",
             "whole", "first character", "shown", "wrong of shown", "calibration error"], rows))
    return "\n".join(parts)


def cells(title, rows, value):
    """One line of figures of a set of rows."""
    at_name, at_closer = kept_in(rows, names()), kept_in(rows, labelled("closer"))
    return [title, f"{len(at_name):,}", percent(value(top(1), at_name)), percent(value(top(5), at_name)),
            percent(value(top(1), kept_in(rows, names("2")))),
            percent(value(top(5), kept_in(rows, names(".")))),
            f"{len(at_closer):,}", percent(value(whole_run, at_closer)),
            percent(value(first_character, at_closer)), percent(value(shown_share, rows)),
            percent(value(wrong_share, rows)), error(value(offer_error, rows))]


def offered(name, rows):
    """What is shown at the thresholds as they come, by what it is, and at other thresholds."""
    lines = [[kind, *shown_cells(rows, lambda row, kind=kind: judging.kind_of(row.best.text) == kind)]
             for kind in KINDS]
    lines += [[f"where {label} is wanted",
               *shown_cells(rows, lambda row, label=label: row.place.label == label)]
              for label in CLASSES]
    lines.append(["all", *shown_cells(rows, lambda row: True)])
    curve = [[f"{least:.2f}", percent(share(moved, lambda row: row.is_shown)),
              mean(wrong_share, moved), percent(wrong_share(moved))]
             for least in THRESHOLDS for moved in [at_threshold(rows, least)]]
    return (
        f"## Shown: {name}\n\nThe first offer is shown where it is as sure as the settings ask as "
        "they come. It is right where all of\nit would be kept.\n\n"
        + table(["", "shown", "of all rows", "wrong, macro", "wrong, pooled"], lines)
        + "\nWith one threshold for all classes:\n\n"
        + table(["confidence at least", "shown", "wrong, macro", "wrong, pooled"], curve)
        + short_lines(rows))


def shown_cells(rows, picks):
    """How much is shown of what `picks` says, and how much of that is wrong."""
    own = kept_in(shown(rows), picks)
    return [f"{len(own):,}", percent(len(own) / len(rows) if rows else None),
            mean(wrong_share, own), percent(wrong_share(own))]


def short_lines(rows):
    """What comes of offers that are more than a name, where a line is wanted."""
    own = kept_in(rows, labelled(*SHORT_LINES))
    lines = []
    for title, some in (("offered first", kept_in(own, judging.is_long)),
                        ("shown", kept_in(shown(own), judging.is_long))):
        lines.append([title, f"{len(some):,}", percent(len(some) / len(own) if own else None),
                      mean(whole_line, some), percent(whole_line(some)),
                      mean(judging.right_share, some), percent(judging.right_share(some))])
    return (f"\nShort lines, offers of more than a name, at the {len(own):,} rows where a line or "
            "boilerplate is wanted:\n\n"
            + table(["", "rows", "of all", "the whole line, macro", "pooled", "kept as far as it goes, "
                     "macro", "pooled"], lines))


def of_kind(rows, kind):
    """The rows whose first offer is of a kind."""
    return kept_in(rows, lambda row: row.best and judging.kind_of(row.best.text) == kind)


def calibration(name, rows):
    """How often first offers of each confidence are right, and how far off that is in sum."""
    errors = ", ".join(f"{kind}s {error(offer_error(of_kind(rows, kind)))}" for kind in KINDS)
    return (f"## Reliability: {name}\n\nFirst offers, shown or not: how many, the mean confidence said, "
            f"and how many would be kept, pooled.\n\n{bins(rows)}"
            f"\nCalibration error over ten bins: {errors}.\n")


def bins(rows):
    """How often first offers of each confidence are right, by what they are."""
    by_kind = [reliability(of_kind(rows, kind)) for kind in KINDS]
    lines = [[f"{index / judging.BINS:.1f} to {(index + 1) / judging.BINS:.1f}",
              *(cell for entries in by_kind for cell in bin_cells(entries[index]))]
             for index in range(judging.BINS)]
    return table(["confidence", *(cell for kind in KINDS for cell in (f"{kind}s", "said", "kept"))],
                 lines)


def bin_cells(entry):
    """One bin as three cells."""
    count, promised, kept = entry
    return [f"{count:,}", percent(promised), percent(kept)]


def policies(name, rows):
    """The same figures for other ways to pick positions."""
    lines = []
    for policy in POLICIES:
        own = of_code(rows, policy)
        lines.append([policy, f"{len(own):,}", *(figure(own, picks, metric)
                                                 for _, picks, metric, _ in GOALS)])
    return f"## Other positions: {name}\n\n" \
        + table(["positions", "rows", *(title for title, *_ in GOALS)], lines)


def apart(found, engines):
    """Comments and strings, where nothing local is wanted."""
    lines = []
    for name in engines:
        own = kept_in(found[name], labelled("text"))
        lines.append([name, f"{len(own):,}", mean(shown_share, own), mean(wrong_share, own)])
    return "## In comments and strings\n\nAll policies.\n\n" \
        + table(["", "rows", "shown", "wrong of shown"], lines)
