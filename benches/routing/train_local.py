"""Makes the weights of the local engine from the tuning half and the packages that are only learned from.

    python benches/routing/train_local.py                 trains and writes src/domain/local/weights/
    python benches/routing/train_local.py --check         only cross-validates, and prints what came out
    python benches/routing/train_local.py --tuning-only   learns from the tuning half alone

All that is missing in the folder `--data` is made: counts, scores, candidates; but for the labels, which
label.py writes. What came out is told of packages of the tuning half that were left out of training.

One model for each source of candidates: runs of closers, names, lines. Each says how likely a candidate
is what comes next. They are boosted trees over the numbers the router itself gives (`cargo bench
--bench candidates`), so training and inference cannot differ. What the classifier says of a place is
among the numbers, and is taken from weights that have not seen the package: with its usual weights it
would seem surer than it is. Half of the places know the rest of their package, half the file alone.
What is usual in a language (`usual.py`) is counted without the package for the same reason.
"""

import argparse
import functools
import json
import random
import subprocess
import sys
from pathlib import Path

import lightgbm
import numpy as np

import packages
import sheets
import train
import unwritten
import usual
import weights

WEIGHTS = sheets.ROOT / "src/domain/local/weights"
SOURCES = ("closer", "name", "line")
# Those that learn from places as they were before all was written, too.
VIEWED = ("closer",)
TREES = train.TREES | {"objective": "binary", "feature_fraction": 0.5}
# How large the trees of each source are, and how many. Runs of closers and names are told apart by how
# several things go together, which takes larger trees.
SIZES = {"closer": ({"num_leaves": 127, "learning_rate": 0.06}, 300),
         "name": ({"num_leaves": 127}, 200), "line": ({"num_leaves": 31}, 150)}
# Of the places of each policy, how many are used.
SHARES = {"pause": 1.0, "line": 0.1, "token": 0.12, "keystroke": 0.12}
WEIGHT = {"pause": 1.0, "line": 0.35, "token": 0.35, "keystroke": 0.35}
LABELS = sheets.LABELS


def positions(path):
    with open(path, encoding="utf8") as lines:
        return [row for row in map(json.loads, lines)
                if row["label"] in LABELS and row["policy"] != "marker"]


def class_scores(options):
    """What the classifier says of places it has not learned from, by the number of the place."""
    cache = options.data / "class-scores-tuning.jsonl"
    if not cache.exists():
        data = sheets.load(options.data / "positions-tuning.jsonl", options.data / "sources",
                           options.data / "sheets-tuning.tsv", options.share)
        train.encoding.forget_some_words(data)
        scores = train.site_scores(data, train.sample_weights(data))
        with open(cache, "w", encoding="utf8") as out:
            for number, view, row in zip(data.number, data.view, scores):
                if view == "whole":
                    print(json.dumps([int(number), [round(float(score), 4) for score in row]]), file=out)
    with open(cache, encoding="utf8") as lines:
        return dict(map(json.loads, lines))


def choose(rows, scores, share):
    """The places of the tuning half to learn from, those of a package and a file together."""
    rng = random.Random(5)
    chosen = []
    # Only some places have scores; they are numbered as `sheets.load` chose them.
    sampled = random.Random(7)
    number = -1
    for row in rows:
        if sampled.random() >= share:
            continue
        number += 1
        if number in scores and rng.random() < SHARES[row["policy"]]:
            knows_package = rng.random() < 0.5
            chosen.append(row | {"scores": scores[number], "knows_package": knows_package})
    return ordered(chosen)


def ordered(rows):
    order = ("language", "package", "knows_package", "path", "offset")
    return sorted(rows, key=lambda row: [row[key] for key in order])


def others(rows):
    """The places of packages that are only learned from; the classifier has never seen these."""
    rng = random.Random(6)
    return ordered([row | {"scores": None, "knows_package": rng.random() < 0.5}
                    for row in rows if rng.random() < SHARES[row["policy"]]])


def folder_of(row, data):
    package = row["package"].removeprefix("@").replace("/", "__")
    return data / "sources" / row["language"] / package


@functools.lru_cache(maxsize=1)
def content(file):
    return file.read_bytes()


def content_of(row, data):
    return content(folder_of(row, data) / row["path"])


def requests(rows, source, data):
    # Only names ask what is usual, and counting that takes long.
    lists = usual.Without(usual.count(data), data / "usual-without") if source == "name" else None
    for number, row in enumerate(rows):
        package, content = folder_of(row, data), content_of(row, data)
        request = {"id": number, "path": row["path"], "true": row["true"],
                   "prefix": content[row.get("begin", 0):row["offset"]].decode(),
                   "suffix": content[row["mask_end"]:row.get("finish")].decode(),
                   "workspace": str(package) if row["knows_package"] else "",
                   "usual": str(lists.file(row["language"], row["package"])) if lists else ""}
        # Of what the other views show, the classifier has learned nothing.
        if row["scores"] and row.get("view", "opened") == "opened":
            closer, name, line, boilerplate, block = row["scores"]
            request["scores"] = [closer, name, line, 0, boilerplate, block, 0]
        yield request


def ask(part, source, rows, options):
    """Has the router describe the candidates of a source at the places of a part; returns the file they
    are in."""
    cache = options.data / f"candidates-{part}-{source}.txt"
    if not cache.exists():
        part = cache.with_suffix(".part")
        command = ["cargo", "bench", "--quiet", "--bench", "candidates", "--", source]
        with open(part, "wb") as out:
            router = subprocess.Popen(command, cwd=sheets.ROOT, stdin=subprocess.PIPE, stdout=out)
            for request in requests(rows, source, options.data):
                router.stdin.write(json.dumps(request).encode() + b"\n")
            router.stdin.close()
            if router.wait() != 0:
                sys.exit(f"{' '.join(command)} failed")
        part.rename(cache)
    return cache


def read(file, source):
    """The candidates of a source: the names of their numbers, and per candidate the place, whether it
    is right, its length and its numbers."""
    cache = file.with_suffix(f".{source}.npy")
    names, rows = None, []
    with open(file, "rb") as lines:
        for line in lines:
            if line.startswith(f"{source} names ".encode()):
                names = line.decode().split()[2:]
                break
        if names is None:
            return None, None
        if not cache.exists() or cache.stat().st_mtime < file.stat().st_mtime:
            head = f"{source} ".encode()
            lines.seek(0)
            for line in lines:
                if line.startswith(head) and not line.startswith(head + b"names"):
                    rows.append(np.fromstring(line[len(head):], sep=" ", dtype=np.float32))
            np.save(cache, np.array(rows))
    return names, np.load(cache)


def read_all(parts, files, source):
    """The same of several parts, whose places follow each other."""
    begin, tables = 0, []
    for (part, rows), file in zip(parts.items(), files):
        names, table = read(file, source)
        if names is None:
            return None, None
        table[:, 0] += begin
        tables.append(table)
        begin += len(rows)
    return names, np.vstack(tables)


class Places:
    """What is known of the places, as arrays."""

    def __init__(self, rows):
        column = lambda key: np.array([row[key] for row in rows])
        self.language, self.policy, self.label = column("language"), column("policy"), column("label")
        self.package = np.array([f"{row['language']}/{row['package']}" for row in rows])
        self.weight = np.array([WEIGHT[policy] for policy in self.policy])
        for language in set(self.language):
            mine = self.language == language
            self.weight[mine] /= self.weight[mine].sum()
        self.weight *= len(rows) / self.weight.sum()
        self.view = np.array([row.get("view", "") for row in rows])
        for view, weight in unwritten.WEIGHT.items():
            self.weight[self.view == view] *= weight
        # What the classifier has never seen is in no fold: always learned from, and never judged. Views
        # of a place are in its fold.
        is_tuning = np.array([row["scores"] is not None for row in rows])
        self.is_judged = is_tuning & (self.policy == "pause")
        self.fold = np.full(len(rows), -1)
        for language in set(self.language):
            mine = is_tuning & (self.language == language)
            for number, package in enumerate(sorted(set(self.package[mine]))):
                self.fold[self.package == package] = number % train.FOLDS


def fit(source, inputs, right, weight):
    size, rounds = SIZES[source]
    return lightgbm.train(TREES | size, lightgbm.Dataset(inputs, right, weight=weight), rounds)


def cross_validate(places, source, table):
    """The probability of each candidate by trees that have not seen its package."""
    place, right, inputs = table[:, 0].astype(int), table[:, 1], table[:, 3:]
    fold = places.fold[place]
    found = np.zeros(len(table))
    for number in range(train.FOLDS):
        rows = fold != number
        booster = fit(source, inputs[rows], right[rows], places.weight[place[rows]])
        found[~rows] = booster.predict(inputs[~rows])
    return found


def figures(places, source, table, found, view=""):
    """How often the best candidate is right where this source is wanted, and how well the probability of
    the best is borne out anywhere; pauses only, in one view."""
    wanted = {"closer": ["closer"], "name": ["name"], "line": ["line", "boilerplate"]}[source]
    place, right = table[:, 0].astype(int), table[:, 1]
    order = np.lexsort((-found, place))
    begins = np.concatenate([[True], place[order][1:] != place[order][:-1]])
    best = order[begins]
    is_judged = places.is_judged & (places.view == view)
    is_pause = is_judged[place[best]]
    rows = []
    for language in sorted(set(places.language)):
        mine = is_pause & (places.language[place[best]] == language)
        here = mine & np.isin(places.label[place[best]], wanted)
        count = np.sum(is_judged & (places.language == language) & np.isin(places.label, wanted))
        shown = mine & (found[best] >= 0.65)
        error = [abs(found[best][part].mean() - right[best][part].mean()) * part.sum()
                 for low in np.arange(0, 1, 0.1)
                 if (part := mine & (found[best] >= low) & (found[best] < low + 0.1)).any()]
        rows.append([100 * right[best][here].sum() / max(count, 1), 100 * shown.sum() / mine.sum(),
                     100 * right[best][shown].mean() if shown.any() else 0, sum(error) / mine.sum()])
        print(f"  {language:12} {count:5}", *(f"{value:8.3f}" for value in rows[-1]))
    names = ("best is right", "at 65 %: offered", "of these right", "calibration error")
    mean = np.mean(rows, 0)
    return f"{view or source}: " + ", ".join(f"{name} {value:.3g}" for name, value in zip(names, mean))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=packages.cache())
    parser.add_argument("--share", type=float, default=0.7, help="as given to train.py")
    parser.add_argument("--source", choices=SOURCES, action="append", help="only these")
    parser.add_argument("--check", action="store_true", help="only cross-validate")
    parser.add_argument("--tuning-only", action="store_true", help="leave the other packages out")
    options = parser.parse_args()
    parts = {"tuning": choose(positions(options.data / "positions-tuning.jsonl"), class_scores(options),
                              options.share)}
    if not options.tuning_only:
        parts[packages.LEARNING] = others(positions(options.data / "positions-learning.jsonl"))
    written = [row for part in parts.values() for row in part]
    text_of = functools.partial(content_of, data=options.data)
    views = {"unwritten": list(unwritten.views(written, text_of)),
             "begun": list(unwritten.begun(written, text_of))}
    for source in options.source or SOURCES:
        mine = parts | (views if source in VIEWED else {})
        files = [ask(part, source, rows, options) for part, rows in mine.items()]
        places = Places([row for part in mine.values() for row in part])
        print(f"{source}: {len(places.view)} places", flush=True)
        names, table = read_all(mine, files, source)
        if names is None:
            continue
        probabilities = cross_validate(places, source, table)
        views = ["", *(unwritten.WEIGHT if source in VIEWED else [])]
        found = [figures(places, source, table, probabilities, view) for view in views]
        print(*found, sep="\n", flush=True)
        if options.check:
            continue
        inputs = table[:, 3:]
        booster = fit(source, inputs, table[:, 1], places.weight[table[:, 0].astype(int)])
        origin = [
            "Weights of the local engine: data, made by benches/routing/train_local.py; do not edit.",
            f"{len(table)} candidates at {len(set(table[:, 0]))} places in {len(set(places.package))} packages of",
            "benches/routing/packages.toml, none of the test half. On packages of the tuning half left out of",
            "training (pauses, mean of the languages, per cent):", *found]
        trained = weights.Trained(booster, names, weights.NoTables(), inputs)
        WEIGHTS.mkdir(exist_ok=True)
        weights.write(WEIGHTS, source, trained, ["right"], origin)


if __name__ == "__main__":
    main()
