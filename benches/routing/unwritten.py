"""Places as they are while a file is being written, which finished code does not show.

All code that is learned from is finished: the body stands below `{` from the first, and whatever is open is
closed below. From that alone one would learn that no block is opened where none is below, and that a block
nobody has closed yet is to be closed now. So some places are looked at once more:

    opened    where a block is opened, without its body
    below     without what stands below in the same block, or in all blocks, and without their ends: as in
              code that is written from top to bottom in an editor that pairs no brackets
    begun     in a file that has nothing but what is being written at the outermost level, and perhaps what
              stands before that: there is hardly a line to go by
"""

import random

OPENERS = ("{", "(", "[", ":")
CLOSERS = tuple(")]}")
# Of how many places the second view is taken, and how often only one block is left open in it.
BELOW, ONE_BLOCK = 0.5, 0.5
# Of how many the third is, and what stands before the cursor's own at most.
BEGUN, BEFORE_MAX = 0.25, 3
# How much a view counts, of what the place counts by itself.
WEIGHT = {"opened": 0.5, "below": 0.5, "begun": 0.5}


def views(rows, content_of):
    """The views of `rows`, each with another end of what is left out, and its name as `view`."""
    rng = random.Random(11)
    for row in rows:
        if row["label"] == "closer" and row["true"].rstrip().endswith(OPENERS):
            end = end_of_body(content_of(row), row["offset"], row["mask_end"])
            if end:
                yield row | {"mask_end": end, "view": "opened"}
        if rng.random() < BELOW:
            blocks = 1 if rng.random() < ONE_BLOCK else None
            end = end_of_blocks(content_of(row), row["offset"], row["mask_end"], blocks)
            if end:
                yield row | {"mask_end": end, "view": "below"}


def begun(rows, content_of):
    """Views of `rows` in a file just begun, with its limits as `begin` and `finish`."""
    rng = random.Random(12)
    for row in rows:
        if rng.random() >= BEGUN:
            continue
        content, mask_end = content_of(row), row["mask_end"]
        begin = start_of_item(content, row["offset"], rng.randint(0, BEFORE_MAX))
        end = end_of_blocks(content, row["offset"], mask_end, None)
        if rng.random() < 0.5:
            finish = end or mask_end
        else:
            mask_end = finish = end or mask_end
        yield row | {"mask_end": mask_end, "begin": begin, "finish": finish, "view": "begun"}


def start_of_item(content, offset, before):
    """Where the line begins at the outermost level to which the place belongs, or one that stands so many
    of these before it."""
    start = content.rfind(b"\n", 0, offset) + 1
    while start > 0:
        line = content[start:content.find(b"\n", start)]
        if line.strip() and not indent(line) and not text_of(line).startswith(CLOSERS):
            before -= 1
            if before < 0:
                break
        start = content.rfind(b"\n", 0, start - 1) + 1
    return start


def end_of_body(content, offset, line_end):
    """Where the body ends that is below the line of `offset`; its closing line is part of it, and a line
    that closes and goes on is not. `None` where no body is to be seen."""
    before = line_before(content, offset)
    if not before.strip() or content[line_end:line_end + 1] != b"\n":
        return None
    end = None
    for line, line_end in lines_below(content, line_end):
        if indent(line) > indent(before):
            end = line_end
            continue
        text = text_of(line)
        if end is None or indent(line) < indent(before) or not text.startswith(CLOSERS):
            return end
        return line_end if not any(map(str.isalnum, text)) else None
    return None


def end_of_blocks(content, offset, mask_end, blocks):
    """Where so many of the blocks around `offset` end, or all of them: behind the last line that closes one.
    `None` where nothing more of them stands below what is left out already."""
    before = line_before(content, offset)
    # Lines less indented than this end a block.
    inside = indent(before) + text_of(before).endswith(OPENERS)
    end, closed = None, 0
    for line, line_end in lines_below(content, content.find(b"\n", offset)):
        if indent(line) < inside:
            text = text_of(line)
            if not text.startswith(CLOSERS):
                break
            goes_on = text.endswith(OPENERS)
            inside = indent(line) + goes_on
            closed += not goes_on
        end = line_end
        if closed == blocks or (closed and inside == 0):
            break
    return end if end is not None and end > mask_end else None


def line_before(content, offset):
    """The line of `offset` up to there."""
    return content[content.rfind(b"\n", 0, offset) + 1:offset]


def lines_below(content, line_end):
    """The lines with text below the one that ends at `line_end`, each with its end."""
    at = line_end + 1 if line_end >= 0 else len(content)
    while at < len(content):
        next_break = content.find(b"\n", at)
        end = len(content) if next_break < 0 else next_break
        if content[at:end].strip():
            yield content[at:end], end
        at = end + 1


def text_of(line):
    return line.strip().decode("utf8", "replace")


def indent(line):
    return len(line) - len(line.lstrip())
