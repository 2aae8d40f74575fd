"""What the classifier sees at the positions of a half, as arrays.

The numbers and tokens come from the router itself (`cargo bench --bench features`), so training and
inference cannot differ. Each position may be seen more than once:

    whole       as it is
    no tree     as in a file without a grammar
    autoclosed  as in an editor that has put the closing brackets behind the cursor already
    entered     behind what opens a body: one Enter later, where people wait for the body
"""

import dataclasses
import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np

LABELS = ["closer", "name", "line", "boilerplate", "block"]
ROOT = Path(__file__).resolve().parents[2]
# Of how many positions a second view is taken.
WITHOUT_TREE, AUTOCLOSED = 0.12, 0.25


@dataclasses.dataclass
class Sheets:
    """One row for each view of a position."""

    numbers: np.ndarray
    number_names: list
    tokens: list          # one array of tokens for each name
    written: list         # how each of them is written
    token_names: list
    label: np.ndarray
    package: np.ndarray
    language: np.ndarray
    policy: np.ndarray
    view: np.ndarray
    number: np.ndarray    # which of the positions it is a view of


def first_line(true):
    """The first line of the answer with text on it, with the line breaks that lead to it."""
    lines = true.split("\n")
    index = next((i for i, line in enumerate(lines) if line.strip()), 0)
    return lines[index] if index == 0 else "\n" + lines[index]


def requests(positions, sources, seed):
    """The views of each position, as requests."""
    rng = random.Random(seed)
    texts = {}
    for index, row in enumerate(positions):
        folder = row["package"].removeprefix("@").replace("/", "__")
        file = sources / row["language"] / folder / row["path"]
        if file not in texts:
            texts = {file: file.read_bytes()}
        data = texts[file]
        request = {"path": row["path"], "first_line": first_line(row["true"]),
                   "prefix": data[:row["offset"]].decode(), "suffix": data[row["mask_end"]:].decode()}
        yield dict(request, id=f"{index} whole")
        if rng.random() < WITHOUT_TREE:
            yield dict(request, id=f"{index} no tree", tree=False)
        if row["autoclose"] and row["label"] != "closer" and rng.random() < AUTOCLOSED:
            yield dict(request, id=f"{index} autoclosed", suffix=row["autoclose"] + request["suffix"])
        lead = len(row["true"]) - len(row["true"].lstrip())
        if row["where"] == "open" and "\n" in row["true"][:lead]:
            yield dict(request, id=f"{index} entered", prefix=request["prefix"] + row["true"][:lead],
                       first_line=request["first_line"].strip())


def load(positions_file, sources, cache, share=1.0, seed=7):
    """The sheets of a file of positions; `cache` keeps what the router said."""
    rng = random.Random(seed)
    with open(positions_file, encoding="utf8") as lines:
        positions = [row for row in map(json.loads, lines)
                     if row["label"] in LABELS and row["policy"] != "marker" and rng.random() < share]
    if not cache.exists():
        ask(positions, sources, cache, seed)
    return read(positions, cache)


def ask(positions, sources, cache, seed):
    part = cache.with_suffix(".part")
    command = ["cargo", "bench", "--quiet", "--bench", "features"]
    with open(part, "wb") as out:
        router = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=out)
        for request in requests(positions, sources, seed):
            router.stdin.write(json.dumps(request).encode() + b"\n")
        router.stdin.close()
        if router.wait() != 0:
            sys.exit(f"{' '.join(command)} failed")
    part.rename(cache)


def read(positions, cache):
    index, view, numbers, tokens = [], [], [], []
    with open(cache, encoding="utf8", newline="\n") as lines:
        number_names, token_names = (part.split(" ") for part in next(lines).rstrip("\n").split("\t"))
        for line in lines:
            name, mode, values, *words = line.rstrip("\n").split("\t")
            if mode != "code":
                continue
            number, _, kind = name.partition(" ")
            index.append(int(number))
            view.append(kind)
            numbers.append(np.array(values.split(" "), dtype=np.float32))
            tokens.append([sys.intern(word) for word in words])
    rows = [positions[i] for i in index]
    columns = [np.array(column, dtype=object) for column in zip(*tokens)]
    return Sheets(
        numbers=np.array(numbers), number_names=number_names,
        tokens=columns[0::2], written=columns[1::2], token_names=token_names,
        label=np.array([LABELS.index(row["label"]) for row in rows]),
        package=np.array([f"{row['language']}/{row['package']}" for row in rows]),
        language=np.array([row["language"] for row in rows]),
        policy=np.array([row["policy"] for row in rows]), view=np.array(view),
        number=np.array(index))
