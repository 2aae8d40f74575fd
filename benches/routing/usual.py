"""Makes the lists of what is usual in each family of languages, and the words names are made of.

    python benches/routing/usual.py            counts, and writes src/domain/local/weights/usual/

Counted are the tuning half and the packages that are only learned from; corpus.py --learning brings
these. A name is listed if several packages have it, and so is a name behind one token or two. To train
on a package of the tuning half, the engine is given lists made without it: with its own it would seem
better than it is.
"""

import argparse
import collections
import contextlib
import dataclasses
import functools
import json
import math
import re
import subprocess
import sys
from pathlib import Path

import packages
import sheets

FOLDER = sheets.ROOT / "src/domain/local/weights/usual"
# Languages whose files share their names, as `family` in grammars/languages.toml says.
FAMILIES = {"javascript": "typescript", "cpp": "c"}
# The parts whose packages are counted.
COUNTED = ("tuning", packages.LEARNING)
# How much is listed of each family, and in how many packages it must be.
NAMES, NAME_PACKAGES, LENGTH_MIN = 3500, 2, 2
CONTEXTS, FOLLOWERS, FOLLOWER_PACKAGES = 1500, 6, 3
BEHIND, BEHIND_FOLLOWERS = 60, 24
# The same of words, for all families together.
WORDS, WORD_PACKAGES, WORD_LENGTH_MIN = 4000, 8, 4
WIDTH = 100
WORD = re.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


@dataclasses.dataclass
class Counts:
    """What was counted in one package."""

    family: str
    tokens: int
    names: dict    # files, uses, uses as a member, uses in a call
    follow: dict   # uses of a name by the tokens before it, one or two, and the name

    @functools.cached_property
    def words(self):
        """The share of the package's names in which a word is."""
        found = collections.Counter()
        for name in self.names:
            found.update({word.lower() for word in WORD.findall(name) if len(word) >= WORD_LENGTH_MIN})
        return {word: count / len(self.names) for word, count in found.items()}


class Tally:
    """What was counted in packages of one family together; one can be taken out again."""

    def __init__(self, counts):
        self.packages = 0
        # By name: packages, what they count for it, share of files, uses, as a member, in a call.
        self.names = collections.defaultdict(lambda: [0, 0.0, 0.0, 0, 0, 0])
        # By context and name: packages, share of uses. By context: share of uses.
        self.follow = collections.defaultdict(lambda: [0, 0.0])
        self.whole = collections.Counter()
        for one in counts:
            self.add(one)
        # What is in too few packages is not listed whatever is taken out.
        self.names = {key: found for key, found in self.names.items() if found[0] >= NAME_PACKAGES}
        self.follow = {key: found for key, found in self.follow.items() if found[0] >= FOLLOWER_PACKAGES}

    def add(self, one):
        self.change(one, 1, self.names.__getitem__, self.follow.__getitem__)

    @contextlib.contextmanager
    def without(self, one):
        """The same with one package taken out."""
        self.change(one, -1, self.names.get, self.follow.get)
        yield self
        self.change(one, 1, self.names.get, self.follow.get)

    def change(self, one, sign, of_name, of_follower):
        self.packages += sign
        for name, (files, *uses) in one.names.items():
            if entry := of_name(name):
                rate = files / one.tokens
                # The root, so that many packages count more than one that uses a name a lot.
                for at, value in enumerate((1, math.sqrt(rate), rate, *uses)):
                    entry[at] += sign * value
        for key, count in one.follow.items():
            self.whole[key[:-1]] += sign * count / one.tokens
            if entry := of_follower(key):
                entry[0] += sign
                entry[1] += sign * count / one.tokens

    def lines(self, family):
        """The list of the family."""
        fits = [name for name, found in self.names.items()
                if found[0] >= NAME_PACKAGES and len(name) >= LENGTH_MIN]
        fits.sort(key=lambda name: (-round(self.names[name][1], 12), name))
        listed = set(fits[:NAMES])
        entries = [(self.use(name), name) for name in listed]
        return [f"family {family}", *wrapped("names", entries), *self.contexts(listed)]

    def use(self, name):
        """Three digits: in how many files it is, how often of ten as a member and in a call."""
        _, _, rate, uses, member, called = self.names[name]
        return f"{digit(rate / self.packages)}{min(9, 10 * member // uses)}{min(9, 10 * called // uses)}"

    def contexts(self, listed):
        """What follows tokens in several packages, in the most frequent contexts."""
        after = collections.defaultdict(list)
        for key, (where, rate) in self.follow.items():
            if where >= FOLLOWER_PACKAGES and key[-1] in listed:
                after[key[:-1]].append((-rate, key[-1]))
        for head, tokens, most, best in (("behind", 1, BEHIND, BEHIND_FOLLOWERS),
                                         ("after", 2, CONTEXTS, FOLLOWERS)):
            chosen = [context for context in after if len(context) == tokens]
            chosen.sort(key=lambda context: (sum(rate for rate, _ in after[context]), context))
            for context in sorted(chosen[:most]):
                entries = [(str(round(math.log2(self.whole[context] / -rate))), name)
                           for rate, name in sorted(after[context])[:best]]
                yield from wrapped(" ".join((head, *context)), entries)


def digit(rate):
    """A rate as a digit, twice as much for each step."""
    return min(9, max(0, round(math.log2(rate * 1e6))))


def family_of(language):
    return FAMILIES.get(language, language)


def count(data):
    """The counts of every package, by language and name."""
    found = {}
    for part in COUNTED:
        chosen, cache = packages.declared(part), data / f"usual-{part}.txt"
        if not cache.exists():
            ask(chosen, data, cache)
        counts = list(read(cache))
        if len(counts) != len(chosen):
            sys.exit(f"{cache} is not about the packages of today; delete it")
        found |= {(package.language, package.name): one for package, one in zip(chosen, counts)}
    return found


def ask(chosen, data, cache):
    """Has the names of packages counted."""
    folders = "".join(json.dumps({"folder": str(data / "sources" / package.language / package.folder),
                                  "family": family_of(package.language)}) + "\n" for package in chosen)
    part = cache.with_suffix(".part")
    with open(part, "wb") as out:
        subprocess.run(["cargo", "bench", "--quiet", "--bench", "usual"], cwd=sheets.ROOT, check=True,
                       input=folders.encode(), stdout=out)
    part.rename(cache)


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
                counts.follow[tuple(words[:-1])] = int(words[-1])
    if counts:
        yield counts


def words(counts):
    """The words that names are made of, from the counts of some packages."""
    where, rate = collections.Counter(), collections.Counter()
    for one in counts:
        where.update(one.words.keys())
        rate.update(one.words)
    fits = [word for word in where if where[word] >= WORD_PACKAGES]
    fits.sort(key=lambda word: (-round(rate[word], 12), word))
    return list(wrapped("words", [(str(digit(rate[word] / len(counts) / 20)), word) for word in fits[:WORDS]]))


def wrapped(head, entries):
    """Lines of entries, each with the head again and with each number once."""
    line, number = head, None
    for mark, text in sorted(entries, key=lambda entry: (int(entry[0]), entry)):
        words = text if mark == number else f"{mark} {text}"
        if len(line) + len(words) >= WIDTH and line != head:
            yield line
            line, words = head, f"{mark} {text}"
        line, number = f"{line} {words}", mark
    if line != head:
        yield line


class Without:
    """Lists made without one package, as files in a folder."""

    def __init__(self, counts, folder):
        self.counts, self.folder, self.family, self.made = counts, folder, None, {}
        folder.mkdir(exist_ok=True)

    def file(self, language, package):
        """The file with the list of the package's family and all words."""
        key, family = (language, package), family_of(language)
        if key not in self.made:
            if self.family != family:
                # One at a time, as they are large.
                self.family, self.tally = family, Tally(of_family(family, self.counts))
            own = self.counts[key]
            lines = words([one for one in self.counts.values() if one is not own])
            with self.tally.without(own) as others:
                lines += others.lines(family)
            self.made[key] = self.folder / f"{language}-{packages.folder_of(package)}.txt"
            self.made[key].write_text("\n".join(lines) + "\n", encoding="utf8")
        return self.made[key]


def of_family(family, counts):
    return [one for one in counts.values() if one.family == family]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=packages.cache())
    counts = count(parser.parse_args().data)
    write("words", words(list(counts.values())))
    for family in sorted({one.family for one in counts.values()}):
        write(family, Tally(of_family(family, counts)).lines(family))


def write(name, lines):
    head = ["# What is usual in code: data, made by benches/routing/usual.py; do not edit. Counted in packages of",
            "# benches/routing/packages.toml that are not for the test. src/domain/local/usual.rs says what the",
            "# digits mean."]
    file = FOLDER / f"{name}.txt"
    file.write_text("\n".join(head + lines) + "\n", encoding="utf8")
    print(f"{file.name}: {file.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
