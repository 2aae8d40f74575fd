"""Files that copy others: what they share is more than a licence or a common phrase.

Projects take files from each other: a hash function, `getopt`. A file that is only learned from must not
hold what one of the measured packages holds, so such files are dropped.
"""

# So many lines in a row, blanks around them aside, are a passage; so many passages make a copy.
LINES, PASSAGES_MAX = 4, 15
# Shorter lines say nothing, and comments and imports are alike in unrelated files.
SHORTEST = 13
COMMON = (b"//", b"*", b"/*", b"#", b"import", b"use ")


def passages(data):
    """The passages of a file, as hashes that hold within this process."""
    lines = [line.strip() for line in data.split(b"\n")]
    lines = [line for line in lines if len(line) >= SHORTEST and not line.startswith(COMMON)]
    return {hash(b"\n".join(lines[at:at + LINES])) for at in range(len(lines) - LINES + 1)}


def files(folders):
    """All regular files of folders."""
    return (path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())


def drop(folders, originals):
    """Deletes the files of `folders` that copy one of `originals`, and says which."""
    known = set()
    for path in files(originals):
        known |= passages(path.read_bytes())
    for path in files(folders):
        shared = len(passages(path.read_bytes()) & known)
        if shared > PASSAGES_MAX:
            print(f"{path}: dropped, {shared} passages are in the halves")
            path.unlink()
