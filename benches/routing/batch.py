"""Asks the router about labelled positions, through `tabtier explain --batch`."""

import functools
import json
import subprocess
import threading

from metrics import Outcome
from packages import folder_of

# The router's classes by the label they answer to. The rest keep their own names, which no label
# has: they count as wrong.
LABEL_OF = {"closer": "closer", "identifier": "name", "line": "line", "boilerplate": "boilerplate",
            "logic": "block", "refactor": "block"}
# The member by which a request gives the first line of the truth to the cascade.
CASCADE_MEMBER = "streamed_line"


class BatchError(Exception):
    """The router failed, or its answers are not what the interface says."""


def positions(path, every=1):
    """The rows of a file of positions; each `every`th, to be quick while developing."""
    with open(path, encoding="utf8") as file:
        return [json.loads(line) for number, line in enumerate(file) if number % every == 0]


@functools.lru_cache(maxsize=64)
def content(sources, language, package, path):
    """The bytes of a source file; rows come sorted by file."""
    return (sources / language / folder_of(package) / path).read_bytes()


def request(row, number, data):
    """The line for one position, with the first line of the truth for the cascade.

    A row may name the folder of its project, which the local engine then knows beside the text.
    """
    known = {"workspace": row["workspace"]} if "workspace" in row else {}
    return {
        "id": number,
        "path": row["path"],
        "prefix": data[:row["offset"]].decode(),
        "suffix": data[row["mask_end"]:].decode(),
        "trigger": "automatic",
        CASCADE_MEMBER: first_line(row["true"]),
        **known,
    }


def first_line(truth):
    """What a model that gets it right has streamed when its first line with any text is complete.

    The line break that ends it is left out. A truth that starts with a line break keeps it, and the
    indentation behind it: at the end of a line the model writes these first.
    """
    blank = len(truth) - len(truth.lstrip())
    end = truth.find("\n", blank)
    return truth if end < 0 else truth[:end]


def ask(command, rows, read):
    """The router's answers to `rows`, in their order; `read` gives the file of a row."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as router:
        writer = threading.Thread(target=feed, args=(router.stdin, rows, read))
        writer.start()
        answers = [json.loads(line) for line in router.stdout]
        writer.join()
    for number, answer in enumerate(answers):
        if "error" in answer or answer.get("id") != number:
            raise BatchError(f"row {number}: the answer is {json.dumps(answer)[:200]}")
    if router.returncode or len(answers) != len(rows):
        raise BatchError(f"{command[0]} ended with code {router.returncode} "
                         f"after {len(answers)} of {len(rows)} answers")
    return answers


def feed(stdin, rows, read):
    """Writes the requests; a router that ends early is noticed by the reader."""
    try:
        with stdin:
            for number, row in enumerate(rows):
                line = json.dumps(request(row, number, read(row)), ensure_ascii=False)
                stdin.write(line.encode() + b"\n")
    except BrokenPipeError:
        pass


def outcome(row, answer, file_bytes):
    """A position and its answer in the words of the labels."""
    probabilities = {}
    for name, probability in answer["scores"].items():
        label = LABEL_OF.get(name, name)
        probabilities[label] = probabilities.get(label, 0.0) + probability
    return Outcome(
        language=row["language"], policy=row["policy"], truth=row["label"],
        predicted=LABEL_OF.get(answer["class"], answer["class"]), tier=answer["tier"],
        confidence=answer["confidence"], probabilities=probabilities,
        flagship_score=answer["flagship_score"], cascade_score=answer.get("cascade_score"),
        decision_us=answer["decision_us"], file_bytes=file_bytes)
