"""Real places where the router was wrong, to be read: what stood there, what came, what was decided."""

import random

from metrics import CLASSES, SIMPLE, TIER_OF

LINES_BEFORE, LINES_OF_TRUTH = 4, 6
# The mistakes worth reading apart: what the truth was, and where the request went instead.
MISTAKES = {
    "blocks that stay below the flagship": lambda row: row.is_block and row.tier != "flagship",
    "simple places that go to the flagship":
        lambda row: row.truth in SIMPLE and row.tier == "flagship",
    "simple places that go to the middle tier":
        lambda row: row.truth in SIMPLE and row.tier == "mid",
    "closers that ask a model": lambda row: row.truth == "closer" and row.tier != "local",
    "places that only get a closer": lambda row: row.truth != "closer" and row.tier == "local",
    "boilerplate taken for something else":
        lambda row: row.truth == "boilerplate" and row.tier != TIER_OF[row.truth],
}


def examples(rows, answers, outcomes, read, count, seed=7):
    """Up to `count` places for each kind of mistake, at pauses; `read` gives the file of a row."""
    pages = []
    for title, is_mistake in MISTAKES.items():
        found = [index for index, outcome in enumerate(outcomes)
                 if outcome.policy == "pause" and outcome.truth in CLASSES and is_mistake(outcome)]
        chosen = sorted(random.Random(seed).sample(found, min(count, len(found))))
        pages.append(f"## {title.capitalize()} ({len(found)})\n")
        pages.extend(example(rows[index], answers[index], read(rows[index])) for index in chosen)
    return "\n".join(pages)


def example(row, answer, data):
    """One place: the lines before the cursor, a mark, the truth, and the answer with its reasons."""
    before = data[:row["offset"]].decode().split("\n")[-LINES_BEFORE:]
    truth = row["true"].split("\n")
    cut = ["…"] if len(truth) > LINES_OF_TRUTH else []
    after = data[row["mask_end"]:].decode().partition("\n")[0]
    text = "\n".join(before) + "⟦" + "\n".join(truth[:LINES_OF_TRUTH] + cut) + "⟧" + after
    line = data[:row["offset"]].count(b"\n") + 1
    reasons = "; ".join(answer["reasons"])
    return (f"{row['language']}, {row['package']}, {row['path']}:{line}: {row['label']}, decided as "
            f"{answer['class']} for {answer['tier']} (confidence {answer['confidence']:.2f}, "
            f"flagship {answer['flagship_score']:.2f}): {reasons}\n\n```\n{text}\n```\n")
