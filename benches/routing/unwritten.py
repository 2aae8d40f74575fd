"""Places at which a block is opened, as they are before anybody has written the block.

All code that is learned from is finished: the body stands below `{` or `:` from the first. From that alone
one would learn that no block is opened where none is below. So such places are looked at once more, with
the body left out.
"""

OPENERS = ("{", "(", "[", ":")


def views(rows, content_of):
    """The places of `rows` that open a block, with the end of the body as the end of what is left out."""
    for row in rows:
        if row["label"] == "closer" and row["true"].rstrip().endswith(OPENERS):
            end = end_of_body(content_of(row), row["offset"], row["mask_end"])
            if end:
                yield row | {"mask_end": end, "is_unwritten": True}


def end_of_body(content, offset, line_end):
    """Where the body ends that is below the line of `offset`; its closing line is part of it, and a line
    that closes and goes on is not. `None` where no body is to be seen."""
    line_start = content.rfind(b"\n", 0, offset) + 1
    before = content[line_start:offset]
    if not before.strip() or content[line_end:line_end + 1] != b"\n":
        return None
    end, at = None, line_end + 1
    while at < len(content):
        next_break = content.find(b"\n", at)
        at, line_at = (len(content) if next_break < 0 else next_break) + 1, at
        line = content[line_at:at - 1]
        if not line.strip():
            continue
        if indent(line) > indent(before):
            end = at - 1
            continue
        text = line.strip().decode("utf8", "replace")
        if end is None or indent(line) < indent(before) or text[0] not in ")]}":
            return end
        return at - 1 if not any(map(str.isalnum, text)) else None
    return None


def indent(line):
    return len(line) - len(line.lstrip())
