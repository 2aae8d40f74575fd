"""Measures how often a `.h` file of the corpus is read as the language it is in.

    python3 headers.py [--half tuning|test] [--tabtier PROGRAM]

The truth is the language of the package, but for what is listed below, which was read by eye. Prints
the files that are read as something else, then the shares.
"""

import argparse
import collections
import json
import pathlib
import subprocess

from evaluate import program
from packages import HALVES, cache, declared

# Folders and files of the tuning half, "PACKAGE/PATH", that are not in the language of their package,
# or of the folder around them. The test half has such files too, and they count as mistakes there.
C = ("openexr/src/lib/OpenEXRCore/", "openexr/src/lib/OpenEXR/ImfCRgbaFile.h",
     "nghttp2/src/comp_helper.h", "nghttp2/src/nghttp2_gzip", "nghttp2/src/timegm.h",
     "nghttp2/src/xsi_strerror.h")
CPP = ("nghttp2/src/", "rdkafka-sys/src-cpp/", "rdkafka-sys/tests/testcpp.h")


def truth(language, name):
    """The language a header is written in."""
    if name.startswith(C):
        return "c"
    return "cpp" if name.startswith(CPP) else language


def headers(half):
    """Every header of a half as (language, name, text)."""
    for package in declared(half):
        root = cache() / "sources" / package.language
        for path in sorted((root / package.folder).rglob("*.h")):
            name = path.relative_to(root).as_posix()
            yield truth(package.language, name), name, path.read_text(encoding="utf8", errors="replace")


def main():
    """Asks for every header, and counts."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--half", choices=HALVES, default="test")
    options.add_argument("--tabtier", type=pathlib.Path)
    options = options.parse_args()
    found = list(headers(options.half))
    lines = (json.dumps({"path": name, "prefix": text, "suffix": ""}) for _, name, text in found)
    answers = subprocess.run([program(options.tabtier), "explain", "--batch"], check=True, text=True,
                             input="\n".join(lines), stdout=subprocess.PIPE).stdout.splitlines()
    counts = collections.Counter()
    for (language, name, _), answer in zip(found, answers, strict=True):
        read_as = json.loads(answer)["language"]
        counts[language, read_as == language] += 1
        if read_as != language:
            print(f"{name}: {language} read as {read_as}")
    for language in sorted({language for language, _ in counts}):
        right, wrong = counts[language, True], counts[language, False]
        print(f"{language}: {right} of {right + wrong}, {100 * right / (right + wrong):.1f} %")


if __name__ == "__main__":
    main()
