#!/bin/sh
# Puts the official SDKs that judge our test double (`sdk_answers.py`) into a virtual environment at DIR.
# The versions are pinned: a newer SDK may read an answer in another way, which is then to be looked at.
#
#   tests/tools/setup_sdks.sh .tools/sdks
#
# Running it again is cheap: it leaves an environment that already holds these versions alone.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 DIR" >&2
    exit 2
fi
dir=$1
pins="mistralai==3.7.0 openai==3.54.0"

if [ "$(cat "$dir/pins" 2>/dev/null)" = "$pins" ]; then
    echo "$dir already holds: $pins"
    exit 0
fi
python3 -m venv "$dir"
# shellcheck disable=SC2086 # one word for each package is meant
"$dir/bin/python" -m pip install --quiet --disable-pip-version-check $pins
echo "$pins" >"$dir/pins"
echo "$dir now holds: $pins"
