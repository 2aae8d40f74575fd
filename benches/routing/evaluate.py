"""Measures the router on the labelled positions of a half, and prints one page of tables.

    python3 evaluate.py [--half test] [--tabtier PROGRAM] [--write | --check]

`--write` puts the page into results.md. `--check` compares it with the one there, all but the
decision times, and exits 1 with the difference where they disagree. `--answers FILE` keeps what the
router said, one JSON line for each position in their order. `--examples N` prints N places for each
kind of mistake instead of the page.
"""

import argparse
import difflib
import hashlib
import json
import pathlib
import sys

import report
from batch import BatchError, ask, content, outcome, positions
from examples import examples
from packages import HALVES, HERE, cache

RESULTS = HERE / "results.md"


def compared(page):
    """The part of a page that only the code and the corpus decide."""
    return page.partition(report.TIMES)[0]


def difference(page):
    """The lines in which a page and the committed one disagree, as a diff."""
    committed = RESULTS.read_text(encoding="utf8") if RESULTS.exists() else ""
    return "".join(difflib.unified_diff(
        compared(committed).splitlines(keepends=True), compared(page).splitlines(keepends=True),
        "results.md as committed", "results.md as measured"))


def program(given):
    """The router to measure: the one named, or the newest that cargo built."""
    target = HERE.parent.parent / "target"
    built = [path for kind in ("release", "debug") if (path := target / kind / "tabtier").exists()]
    if given is None and not built:
        sys.exit("no tabtier in target/: run `cargo build --release` or name one with --tabtier")
    return str(given or max(built, key=lambda path: path.stat().st_mtime))


def main():
    """Asks, counts, prints."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--half", choices=HALVES, default="test")
    options.add_argument("--tabtier", type=pathlib.Path)
    options.add_argument("--answers", type=pathlib.Path)
    options.add_argument("--examples", type=int, metavar="N")
    options.add_argument("--every", type=int, default=1, metavar="N", help="take each Nth row only")
    mode = options.add_mutually_exclusive_group()
    mode.add_argument("--write", action="store_true")
    mode.add_argument("--check", action="store_true")
    options = options.parse_args()
    if (options.write or options.check) and (options.half != "test" or options.every != 1):
        sys.exit("results.md is about the whole test half")

    def read(row):
        return content(cache() / "sources", row["language"], row["package"], row["path"])

    labelled = cache() / f"positions-{options.half}.jsonl"
    rows = positions(labelled, options.every)
    try:
        answers = ask([program(options.tabtier), "explain", "--batch"], rows, read)
    except BatchError as problem:
        sys.exit(str(problem))
    if options.answers:
        with open(options.answers, "w", encoding="utf8") as file:
            file.writelines(json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers)
    outcomes = [outcome(row, answer, len(read(row))) for row, answer in zip(rows, answers)]
    if options.examples:
        print(examples(rows, answers, outcomes, read, options.examples))
        return 0
    digest = hashlib.sha256(labelled.read_bytes()).hexdigest()[:12]
    page = report.page(outcomes, options.half, digest)

    if options.check:
        found = difference(page)
        print(found or "results.md agrees with the code")
        return 1 if found else 0
    if options.write:
        RESULTS.write_text(page, encoding="utf8")
    print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
