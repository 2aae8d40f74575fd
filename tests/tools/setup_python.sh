#!/bin/sh
# Puts llama.cpp's own HTTP server, and what it takes to write a model file for it, into a virtual
# environment at DIR. The versions are pinned: the tests assert exact text and token counts, so a
# newer server is a change to be read, not one that arrives by itself.
#
#   tests/tools/setup_python.sh .tools/python
#
# Running it again is cheap: it leaves an environment that already holds these versions alone.
# shellcheck disable=SC2086 # $pins is used unquoted: one word for each package is meant
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 DIR" >&2
    exit 2
fi
dir=$1
pins="xllamacpp==2026.10.11549 gguf==0.19.0 numpy"

holds_pins() {
    [ -x "$dir/bin/python" ] && "$dir/bin/python" - $pins <<'PYTHON'
import sys
from importlib.metadata import PackageNotFoundError, version

for pin in sys.argv[1:]:
    name, _, wanted = pin.partition("==")
    try:
        found = version(name)
    except PackageNotFoundError:
        sys.exit(1)
    if wanted not in ("", found):
        sys.exit(1)
PYTHON
}

if holds_pins; then
    echo "$dir already holds: $pins"
    exit 0
fi
python3 -m venv "$dir"
"$dir/bin/python" -m pip install --quiet --disable-pip-version-check $pins
echo "$dir now holds: $pins"
