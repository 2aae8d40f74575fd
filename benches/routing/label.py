"""Labels cursor positions in the corpus: one JSON line each, one file a half.

    python3 label.py [--half tuning|test|learning] [--seed 7] [--out FOLDER] [--jobs N]

Without `--half` both halves are labelled, and nothing of what is only learned from.

A row says which package and file it is from, the byte offset of the cursor, where the truth ends,
and the label (see rule.py). It becomes a request with `prefix = file[:offset]` and
`suffix = file[mask_end:]`. The same corpus and seed give the same rows, byte for byte; each package
is drawn from by itself, so adding one changes no other.
"""

import argparse
import collections
import dataclasses
import json
import multiprocessing
import pathlib
import random
import sys

from packages import HALVES, PARTS, cache, declared
from sampling import QUOTAS, labels_of
from source import SourceFile


def rows_of(job):
    """All rows of one package, sorted."""
    package, sources, seed = job
    quota = QUOTAS[package.half]
    root = sources / package.language / package.folder
    rng = random.Random(f"{seed}/{package.language}/{package.name}")
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    rng.shuffle(paths)
    files = []
    for path in paths:
        if len(files) == quota.files:
            break
        if file := SourceFile.read(path, package.language):
            files.append((path.relative_to(root).as_posix(), file))
    rows = [
        {"package": package.name, "half": package.half, "path": path, "language": package.language,
         "policy": policy, **dataclasses.asdict(label)}
        for path, policy, label in labels_of(files, quota, rng)
    ]
    return sorted(rows, key=lambda row: (row["path"], row["offset"], row["policy"]))


def main():
    """Writes positions-HALF.jsonl, and prints what each holds."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--half", choices=PARTS)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--out", type=pathlib.Path, default=cache())
    options.add_argument("--jobs", type=int, default=2)
    options = options.parse_args()
    with multiprocessing.Pool(options.jobs) as pool:
        for half in (options.half,) if options.half else HALVES:
            jobs = [(package, cache() / "sources", options.seed) for package in declared(half)]
            counts = collections.Counter()
            with open(options.out / f"positions-{half}.jsonl", "w", encoding="utf8") as out:
                for (package, *_), rows in zip(jobs, pool.imap(rows_of, jobs)):
                    # Of what is only learned from, names can be counted without any label.
                    if not rows and half in HALVES:
                        sys.exit(f"{package.language}/{package.name}: no file was readable")
                    counts.update(row["label"] for row in rows)
                    for row in rows:
                        out.write(json.dumps(row, ensure_ascii=False) + "\n")
                    print(f"{half} {package.language}/{package.name}: {len(rows)}", flush=True)
            print(half, sum(counts.values()), dict(sorted(counts.items())))


if __name__ == "__main__":
    main()
