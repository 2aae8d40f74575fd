"""Builds the corpus: downloads the declared packages and unpacks their source files.

    python3 corpus.py [--learning] [--lock]

Everything goes under the cache folder (see packages.py): `downloads/`, one archive a package, and
`sources/LANGUAGE/PACKAGE/…`, the source files of that language alone. An archive whose SHA-256 is
not the one in packages.lock is refused; `--lock` writes that file anew. Running it again is cheap. Exit
code 3 says that a package cannot be had here. With `--learning` the packages that are only learned from
come too, less the files that copy one of a half.
"""

import argparse
import hashlib
import pathlib
import shutil
import sys
import tarfile
import zipfile

import copies
from fetch import FetchError, download
from packages import HERE, LEARNING, cache, declared

LOCK = HERE / "packages.lock"
EXTENSIONS = {
    "rust": {".rs"}, "python": {".py"}, "typescript": {".ts", ".tsx", ".mts", ".cts"},
    "javascript": {".js", ".mjs", ".cjs", ".jsx"}, "go": {".go"}, "java": {".java"},
    "c": {".c", ".h"}, "cpp": {".cc", ".cpp", ".cxx", ".hpp", ".hxx", ".hh", ".h"},
}
# Folders of other people's code, of build output, and of files no person wrote.
FOREIGN = {"vendor", "vendored", "third_party", "third-party", "thirdparty", "3rdparty", "contrib",
           "external", "extern", "node_modules", "dist", "build", "es", "cjs", "esm", "_cjs", "_esm",
           "generated", "gen", "fixtures", "testdata", "test_data", "corpus", "debian", "deps"}
MARKS = (".min.", ".d.ts", ".d.mts", ".d.cts", ".pb.", ".generated.", "_generated.", "-bundle.")
# The exit code of all scripts for what this machine cannot have, as opposed to a fault.
UNREACHABLE = 3
SMALLEST, LARGEST = 400, 200_000
# Another rule for what is unpacked makes what was unpacked stale.
RULES = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()


def wanted(path, language):
    """Whether a file of an archive is source that somebody wrote for this package."""
    *folders, name = path.parts
    return (pathlib.PurePath(name).suffix.lower() in EXTENSIONS[language]
            and not any(folder.lower() in FOREIGN for folder in folders)
            and not any(mark in name for mark in MARKS))


def members(archive):
    """The regular files of an archive as (path below its top folder, size, read)."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as whole:
            for info in whole.infolist():
                if not info.is_dir():
                    yield pathlib.PurePosixPath(info.filename), info.file_size, lambda: whole.read(info)
        return
    with tarfile.open(archive) as whole:
        for info in whole:
            if info.isfile():
                path = pathlib.PurePosixPath(*pathlib.PurePosixPath(info.name).parts[1:])
                yield path, info.size, lambda: whole.extractfile(info).read()


def unpack(package, archive, folder):
    """Writes the wanted files of one package into `folder`; how many."""
    shutil.rmtree(folder, ignore_errors=True)
    count = 0
    for path, size, read in members(archive):
        if path.is_absolute() or ".." in path.parts or not SMALLEST <= size <= LARGEST:
            continue
        if not path.is_relative_to(package.root):
            continue
        path = path.relative_to(package.root)
        if wanted(path, package.language):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(read())
            count += 1
    return count


def key_of(package):
    """How packages.lock names a package."""
    return f"{package.language}/{package.name} {package.version}"


def read_lock():
    """SHA-256 by key."""
    if not LOCK.exists():
        return {}
    rows = (line.split("  ") for line in LOCK.read_text().splitlines())
    return {key: digest for digest, key in rows}


def main():
    """Downloads, checks and unpacks every declared package, up to one that cannot be had."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--learning", action="store_true", help="also what is only learned from")
    options.add_argument("--lock", action="store_true", help="write packages.lock anew")
    options = options.parse_args()
    root, lock, refused = cache(), read_lock(), 0
    chosen = declared() + (declared(LEARNING) if options.learning else [])
    if options.lock:
        lock = {key: lock[key] for key in map(key_of, declared() + declared(LEARNING)) if key in lock}
    fresh = []
    for package in chosen:
        key = key_of(package)
        folder = root / "sources" / package.language / package.folder
        try:
            archive = download(package, root / "downloads")
        except FetchError as error:
            print(f"{key} cannot be had: {error}", file=sys.stderr)
            return UNREACHABLE
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        if options.lock:
            lock[key] = digest
        elif lock.get(key) != digest:
            print(f"{key}: {archive.name} is not the file in packages.lock", file=sys.stderr)
            refused += 1
            continue
        made_from = f"{digest} {package.root} {RULES}"
        stamp = folder.parent / f".{package.folder}"
        if not stamp.exists() or stamp.read_text() != made_from:
            count = unpack(package, archive, folder)
            print(f"{key}: {count} files")
            fresh.append((stamp, made_from, folder if package.half == LEARNING else None))
    # A copy in what is learned from would be an answer known beforehand.
    folders = [folder for _, _, folder in fresh if folder]
    if folders and not refused:
        copies.drop(folders, [root / "sources" / p.language / p.folder for p in declared()])
    for stamp, made_from, _ in fresh:
        stamp.write_text(made_from)
    if options.lock:
        LOCK.write_text("".join(f"{lock[key]}  {key}\n" for key in sorted(lock)))
    print(f"{len(chosen) - refused} packages in {root / 'sources'}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
