"""Measures what the local engine offers on the labelled positions of a half, beside two baselines.

    python3 local.py [--half test] [--every N] [--tabtier PROGRAM] [--workspace]
    python3 local.py [--tabtier PROGRAM] [--answers FILE] --write | --check

The engine is asked through `tabtier explain --batch`, about the file alone and, with `--workspace`,
again with the folder of the package as its project, less the file itself. `--write` puts what is
measured into local.md and docs/local.md, `--check` compares it with what is there and exits 1 with the
difference; both take the pauses of the test half and some of its other rows, with the workspace.
`--engine` leaves the baselines out. `--answers FILE` takes what `evaluate.py --answers FILE` kept for all rows instead of
asking about the file alone. `--examples N` prints N wrong offers for each kind.
"""

import argparse
import concurrent.futures
import difflib
import functools
import hashlib
import itertools
import json
import multiprocessing
import pathlib
import random
import subprocess
import sys
import tempfile
import tomllib

import judging
import local_report
import ngrams
from batch import BatchError, ask, content, positions
from evaluate import program
from packages import HALVES, HERE, cache, folder_of

JOBS = 2
# The committed pages are about all pauses, but only each fourth row of other positions, so that CI has
# them in a minute.
OTHERS_EVERY = 4
PAGE = HERE / "local.md"
DOCS = HERE.parent.parent / "docs" / "local.md"
MARKS = "<!-- measured -->\n", "<!-- /measured -->\n"


def read(row):
    """The bytes of the file of a row."""
    return content(cache() / "sources", row["language"], row["package"], row["path"])


def package_of(row):
    """The key by which rows are grouped, one group for each package."""
    return row["language"], row["package"]


def folder(row):
    """The folder with all files of the package of a row."""
    return cache() / "sources" / row["language"] / folder_of(row["package"])


def halves(rows):
    """The rows in two parts of about the same size, each with whole packages."""
    groups = [list(group) for _, group in itertools.groupby(rows, package_of)]
    first = []
    while groups and len(first) + len(groups[0]) / 2 <= len(rows) / 2:
        first += groups.pop(0)
    return first, list(itertools.chain.from_iterable(groups))


def answers_to(rows, command):
    """What the router says to rows, in their order, from one process for each part."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        # Each part has a thread of its own that reads files, so none shares the other's cache.
        asked = [pool.submit(ask, command, part, read) for part in halves(rows) if part]
        return [answer for part in asked for answer in part.result()]


def with_workspace(rows):
    """The same rows with the folder of their package as the project."""
    return [row | {"workspace": str(folder(row))} for row in rows]


def thresholds(command):
    """The confidence by class from which the local engine answers, by the settings as they come.

    Classes that never reach it are left out.
    """
    with tempfile.NamedTemporaryFile(suffix=".toml") as none:
        shown = subprocess.run([command, "--config", none.name, "config", "show"], check=True,
                               text=True, stdout=subprocess.PIPE).stdout
    policy = tomllib.loads(shown)["policy"]
    return {name: row["local_confidence_min"] for name, row in policy.items()
            if isinstance(row, dict) and "local" in row["tiers"]}


def judged(rows, answers, least):
    """What the engine offered, with the threshold of the class it decided on."""
    return [judging.Judged(
        place_of(row), tuple(judging.Candidate(offer["text"], offer["confidence"])
                             for offer in answer["local"]),
        least.get(answer["class"])) for row, answer in zip(rows, answers)]


def place_of(row):
    """The place of a row."""
    offset = row["offset"]
    before = read(row)[max(0, offset - judging.LOOKBACK):offset].decode("utf8", "replace")
    return judging.place_of(row, before)


def baselines_of(rows, has_workspace):
    """What the baselines offer at the names and closers of one package, by name of the baseline."""
    views, buffers = [], {}
    for row in rows:
        if row["path"] not in buffers:
            buffers[row["path"]] = ngrams.Buffer(read(row))
        place = place_of(row)
        if place.typed is not None or place.label == "closer":
            views.append((place, ngrams.View(buffers[row["path"]], row["offset"], row["mask_end"],
                                             place.typed is not None)))
    package = None
    if has_workspace and views:
        contexts = {context[width:] for place, view in views for context in [view.context]
                    for width in range(len(context)) if place.typed is not None}
        files = sorted(path for path in folder(rows[0]).rglob("*") if path.is_file())
        package = ngrams.PackageCounts((path.read_bytes().decode("latin-1") for path in files), contexts)
    found = {}
    for place, view in views:
        for name, offers in offers_of(place, view, package):
            found.setdefault(name, []).append(judging.Judged(place, offers))
    return found


def offers_of(place, view, package):
    """Each baseline's name and offers at one place."""
    if place.typed is None:
        yield "n-gram", ngrams.closers(view)
        return
    for order in ngrams.ORDERS:
        yield f"words, {order}", ngrams.words(view, order)
    yield "n-gram", ngrams.names(view)
    if package is not None:
        yield "n-gram, workspace", ngrams.names(view, package)


def baselines(rows, has_workspace):
    """What the baselines offer at all rows, by name of the baseline."""
    groups = [list(group) for _, group in itertools.groupby(rows, package_of)]
    found = {}
    with multiprocessing.Pool(JOBS) as pool:
        one = functools.partial(baselines_of, has_workspace=has_workspace)
        for part in pool.imap(one, groups):
            for name, rows_of_one in part.items():
                found.setdefault(name, []).extend(rows_of_one)
    return found


def chosen(rows, options):
    """The numbers of the rows to ask about."""
    if options.write or options.check:
        return [number for number, row in enumerate(rows)
                if row["policy"] == "pause" or number % OTHERS_EVERY == 0]
    return list(range(0, len(rows), options.every))


def kept_answers(path, numbers, count):
    """The answers to some rows, of a file with those to all `count`."""
    with open(path, encoding="utf8") as file:
        lines = file.readlines()
    if len(lines) != count:
        sys.exit(f"{path} answers {len(lines)} rows, not the {count} of this half")
    return [json.loads(lines[number]) for number in numbers]


def measured(options, rows, numbers, command):
    """All that was offered at the rows with these numbers, by who offered it."""
    asked, least, count = [command, "explain", "--batch"], thresholds(command), len(rows)
    rows = [rows[number] for number in numbers]
    if options.answers:
        answers = kept_answers(options.answers, numbers, count)
    else:
        answers = answers_to(rows, asked)
    found = {"engine": judged(rows, answers, least)}
    if options.workspace:
        informed = answers_to(with_workspace(rows), asked)
        if any(one["local"] != other["local"] for one, other in zip(answers, informed)):
            found["engine, workspace"] = judged(rows, informed, least)
        else:
            print("the program offers the same with and without a workspace", file=sys.stderr)
    return found if options.engine else found | baselines(rows, options.workspace)


def examples(rows, found, count, seed=7):
    """Up to `count` wrong offers that are shown, for each kind of offer, at pauses."""
    lines = []
    for kind in judging.KINDS:
        wrong = [(row, one) for row, one in zip(rows, found) if one.place.policy == "pause"
                 and one.is_shown and not one.is_right and judging.kind_of(one.best.text) == kind]
        lines.append(f"## {kind}: {len(wrong)} wrong\n")
        for row, one in random.Random(seed).sample(wrong, min(count, len(wrong))):
            before = read(row)[max(0, row["offset"] - 60):row["offset"]].decode("utf8", "replace")
            lines.append(f"{row['language']}, {row['label']}, {one.best.confidence:.2f}: "
                         f"{before!r} offered {one.best.text!r} true {row['true'][:40]!r}")
    return "\n".join(lines)


def filled(text, tables):
    """A page with `tables` between its marks."""
    (head, begin, rest), end = text.partition(MARKS[0]), MARKS[1]
    if not begin or end not in rest:
        sys.exit(f"the page has no place for tables, {MARKS[0].strip()} to {MARKS[1].strip()}")
    return head + begin + tables + end + rest.partition(end)[2]


def publish(pages, is_writing):
    """Writes the pages, or returns how they differ from what is there."""
    differences = []
    for path, text in pages.items():
        committed = path.read_text(encoding="utf8") if path.exists() else ""
        differences += difflib.unified_diff(
            committed.splitlines(keepends=True), text.splitlines(keepends=True),
            f"{path.name} as committed", f"{path.name} as measured")
        if is_writing:
            path.write_text(text, encoding="utf8")
    return "" if is_writing else "".join(differences)


def arguments():
    """What is asked for."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--half", choices=HALVES, default="test")
    options.add_argument("--tabtier", type=pathlib.Path)
    options.add_argument("--every", type=int, default=1, metavar="N", help="take each Nth row only")
    options.add_argument("--workspace", action="store_true")
    options.add_argument("--engine", action="store_true", help="leave the baselines out")
    options.add_argument("--answers", type=pathlib.Path)
    options.add_argument("--examples", type=int, metavar="N")
    mode = options.add_mutually_exclusive_group()
    mode.add_argument("--write", action="store_true")
    mode.add_argument("--check", action="store_true")
    options = options.parse_args()
    if options.write or options.check:
        if options.half != "test" or options.every != 1 or options.engine or options.examples:
            sys.exit("local.md is about the test half as a whole, with all baselines")
        options.workspace = True
    return options


def main():
    """Asks, counts, prints."""
    options = arguments()
    labelled = cache() / f"positions-{options.half}.jsonl"
    rows = positions(labelled)
    numbers = chosen(rows, options)
    try:
        found = measured(options, rows, numbers, program(options.tabtier))
    except BatchError as problem:
        sys.exit(str(problem))
    if options.examples:
        print(examples([rows[number] for number in numbers], found["engine"], options.examples))
        return 0
    digest = hashlib.sha256(labelled.read_bytes()).hexdigest()[:12]
    page = local_report.page(found, options.half, len(numbers), digest)
    if options.write or options.check:
        docs = filled(DOCS.read_text(encoding="utf8"), local_report.summary(found))
        differences = publish({PAGE: page, DOCS: docs}, options.write)
        print(differences or "local.md and docs/local.md agree with the code")
        return 1 if differences else 0
    print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
