"""Makes the lists of what is usual in each family of languages, from the tuning half.

    python benches/routing/usual.py            counts, and writes src/domain/local/weights/usual.txt

A name is listed if two packages have it at least, and so is a name behind two tokens. To train on a
package, the engine is given lists made without it: with its own it would seem better than it is.
"""

import argparse
import collections
import dataclasses
import json
import math
import subprocess
import sys
from pathlib import Path

import packages
import sheets

FILE = sheets.ROOT / "src/domain/local/weights/usual.txt"
# Languages whose files share their names, as `family` in grammars/languages.toml says.
FAMILIES = {"javascript": "typescript", "cpp": "c"}
# How much is listed of each family.
NAMES, CONTEXTS, AFTER = 1500, 500, 6
PACKAGES_MIN, LENGTH_MIN, USES_MIN = 2, 2, 4
WIDTH = 100


@dataclasses.dataclass
class Counts:
    """What was counted in one package."""

    family: str
    tokens: int
    names: dict    # files, uses, uses as a member, uses in a call
    after: dict    # uses by two tokens and a name


def family_of(language):
    return FAMILIES.get(language, language)


def count(data):
    """The counts of every package of the tuning half, by language and name."""
    cache = data / "usual-tuning.txt"
    chosen = packages.declared("tuning")
    if not cache.exists():
        folders = "".join(json.dumps({"folder": str(data / "sources" / package.language / package.folder),
                                      "family": family_of(package.language)}) + "\n"
                          for package in chosen)
        part = cache.with_suffix(".part")
        with open(part, "wb") as out:
            subprocess.run(["cargo", "bench", "--quiet", "--bench", "usual"], cwd=sheets.ROOT, check=True,
                           input=folders.encode(), stdout=out)
        part.rename(cache)
    found = list(read(cache))
    if len(found) != len(chosen):
        sys.exit(f"{cache} is not about the packages of today; delete it")
    return {(package.language, package.name): counts for package, counts in zip(chosen, found)}


def read(cache):
    counts = None
    with open(cache, encoding="utf8", newline="\n") as lines:
        for line in lines:
            kind, *words = line.rstrip("\n").split(" ")
            if kind == "package":
                if counts:
                    yield counts
                counts = Counts(words[0], int(words[-1]), {}, {})
            elif kind == "name":
                counts.names[words[0]] = tuple(map(int, words[1:]))
            else:
                counts.after[tuple(words[:3])] = int(words[3])
    if counts:
        yield counts


def usual(family, counts):
    """The list of a family, as text, from the counts of some packages."""
    own = [one for one in counts if one.family == family]
    where, rate = collections.Counter(), collections.Counter()
    total = collections.defaultdict(lambda: [0, 0, 0])
    for one in own:
        for name, (files, *uses) in one.names.items():
            where[name] += 1
            rate[name] += uses[0] / one.tokens
            total[name] = [a + b for a, b in zip(total[name], uses)]
    fits = [name for name in where if where[name] >= PACKAGES_MIN and len(name) >= LENGTH_MIN
            and total[name][0] >= USES_MIN]
    # In three packages is better than in two; of those in more, the frequent ones.
    fits.sort(key=lambda name: (-min(where[name], 3), -rate[name], name))
    names = set(fits[:NAMES])
    entries = [[use(rate[name] / len(own), *total[name]), name] for name in sorted(names)]
    return [f"family {family}", *wrapped("names", entries), *contexts(own, names)]


def use(rate, uses, member, called):
    """Three digits: how frequent, how often of ten as a member and in a call."""
    frequency = min(9, max(0, round(math.log(rate * 1e6))))
    return f"{frequency}{min(9, 10 * member // uses)}{min(9, 10 * called // uses)}"


def contexts(own, names):
    """What follows two tokens in several packages, the most frequent contexts."""
    where, uses = collections.Counter(), collections.Counter()
    whole = collections.Counter()
    for one in own:
        for (before, last, name), count in one.after.items():
            whole[before, last] += count / one.tokens
            where[before, last, name] += 1
            uses[before, last, name] += count / one.tokens
    after = collections.defaultdict(list)
    for (before, last, name), rate in uses.items():
        if where[before, last, name] >= PACKAGES_MIN and name in names:
            after[before, last].append((-rate, name))
    chosen = sorted(after, key=lambda context: (sum(rate for rate, _ in after[context]), context))[:CONTEXTS]
    for context in sorted(chosen):
        best = sorted(after[context])[:AFTER]
        entries = [(str(round(math.log2(whole[context] / -rate))), name) for rate, name in best]
        yield from wrapped(f"after {context[0]} {context[1]}", entries)


def wrapped(head, entries):
    """Lines of entries, each with the head again."""
    line = head
    for entry in entries:
        words = " ".join(entry)
        if len(line) + len(words) >= WIDTH and line != head:
            yield line
            line = head
        line = f"{line} {words}"
    if line != head:
        yield line


def without(counts, family, left_out, folder):
    """A file with the list of a family made without one package."""
    language, package = left_out
    path = folder / f"{language}-{packages.folder_of(package)}.txt"
    if not path.exists():
        folder.mkdir(exist_ok=True)
        others = [one for key, one in counts.items() if key != left_out]
        path.write_text("\n".join(usual(family, others)) + "\n", encoding="utf8")
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=packages.cache())
    counts = count(parser.parse_args().data)
    lines = ["# What is usual in the code of a family of languages: data, made by benches/routing/usual.py;",
             "# do not edit. Counted in the tuning half of benches/routing/packages.toml. src/domain/local/"
             "usual.rs",
             "# says what the digits mean."]
    for family in sorted({one.family for one in counts.values()}):
        lines += usual(family, counts.values())
    FILE.write_text("\n".join(lines) + "\n", encoding="utf8")
    print(f"{FILE.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
