"""Which cursor positions of a package are looked at.

Four policies, because no single one is what a router sees:

    keystroke  every position that typing the file passes through, alike
    token      the start of every token
    line       the first character of every line, behind its indentation
    pause      keystrokes, weighted by where developers really paused

and `marker`, the sites below a TODO or FIXME comment, which are rare and reported apart.
"""

import dataclasses
import math
import re

from kinds import MARKER
from rule import label_at

# P(what is left of the cursor | a pause of 1 to 2 s) / P(the same | any keystroke), the mean of four
# recorded sessions of three developers: "rustcode" and "sveltecomponent" of josephg/editing-traces
# (CC BY 4.0) and two documents of the recording in microsoft/vscode-copilot-chat's tests (MIT).
PAUSE = {"word": 0.494, "sp_word": 1.133, "op": 0.819, "sp_op": 2.431, "sol": 2.433,
         "member": 3.647, "open": 1.119, "close": 4.488, "sep": 5.448, "in_text": 0.5}
POLICIES = ("pause", "line", "token", "keystroke")
TEXT_SHARE = 0.08
MARKERS_PER_FILE, MARKERS_PER_PACKAGE = 20, 40
# How many positions to label for each one that is kept: pauses are drawn from keystrokes by
# rejection, and of the rest some are comments, of which few are kept.
OVERSAMPLING = {"pause": 15, "line": 2.2, "token": 1.7, "keystroke": 2.4}


@dataclasses.dataclass(frozen=True)
class Quota:
    """Rows wanted of one package, by policy, and from how many of its files."""

    files: int
    pause: int
    line: int
    token: int
    keystroke: int


QUOTAS = {"tuning": Quota(80, 3000, 800, 800, 800), "test": Quota(80, 500, 150, 150, 150),
          "learning": Quota(40, 500, 130, 130, 130)}


def keystroke_offsets(data):
    """Behind each visible character and each inner space, and behind Enter where the editor indents."""
    for found in re.finditer(rb"[^\n]+", data):
        line = found.group().rstrip()
        indent = len(line) - len(line.lstrip())
        if line:
            yield from range(found.start() + indent, found.start() + len(line) + 1)


def line_offsets(data):
    """The first visible character of each line."""
    return (found.end() for found in re.finditer(rb"(?m)^[ \t]*(?=\S)", data))


def labels_of(files, quota, rng):
    """Rows as (path, policy, label) for one package, in random order within each policy."""
    pools = {policy: [] for policy in (*POLICIES, "marker")}
    for path, file in files:
        offsets = {"keystroke": list(keystroke_offsets(file.data)),
                   "token": file.starts, "line": list(line_offsets(file.data))}
        for policy, candidates in offsets.items():
            share = per_file(quota, policy, len(files))
            for offset in rng.sample(candidates, min(share, len(candidates))):
                if label := label_at(file, offset):
                    pools[policy].append((path, policy, label))
        pools["marker"].extend((path, "marker", label) for label in marker_labels(file))
    heaviest = max(PAUSE.values())
    pools["pause"] = [(path, "pause", label) for path, _, label in pools["keystroke"]
                      if rng.random() < PAUSE[label.ctx] / heaviest]
    for policy in POLICIES:
        yield from drawn(pools[policy], getattr(quota, policy), rng)
    rng.shuffle(pools["marker"])
    yield from pools["marker"][:MARKERS_PER_PACKAGE]


def per_file(quota, policy, files):
    """Positions to label in each file so that the package fills its quota."""
    wanted = math.ceil(getattr(quota, policy) * OVERSAMPLING[policy] / files)
    if policy == "keystroke":
        wanted = max(wanted, math.ceil(quota.pause * OVERSAMPLING["pause"] / files))
    return wanted


def marker_labels(file):
    """The labels of the sites just below the markers of a file."""
    for found in list(MARKER.finditer(file.data))[:MARKERS_PER_FILE]:
        index = file.token_after(file.line_end(found.start()))
        if index < len(file.tokens):
            label = label_at(file, file.tokens[index].start)
            if label is not None and label.label == "debug":
                yield label


def drawn(rows, wanted, rng):
    """`wanted` rows of a pool, of which comments and strings are at most a small share."""
    rng.shuffle(rows)
    text = [row for row in rows if row[2].label == "text"][:round(TEXT_SHARE * wanted)]
    code = [row for row in rows if row[2].label != "text"]
    return code[:wanted - len(text)] + text
