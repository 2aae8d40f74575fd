#!/bin/sh
# Puts the Python packages of requirements.txt into a virtual environment of their own:
#
#   benches/routing/setup.sh [DIR]      (default: .tools/routing/venv)
#
# Running it again is cheap: an environment made from the same list is left alone.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=${1:-${TABTIER_TEST_TOOLS:-$here/../../.tools}/routing/venv}

if cmp -s "$here/requirements.txt" "$dir/requirements.txt"; then
    echo "$dir already holds what requirements.txt asks for"
    exit 0
fi
python3 -m venv "$dir"
"$dir/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
cp "$here/requirements.txt" "$dir/requirements.txt"
echo "$dir now holds what requirements.txt asks for"
