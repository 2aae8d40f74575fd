#!/bin/sh
# Puts the Python packages of requirements.txt into a virtual environment of their own:
#
#   benches/routing/setup.sh [DIR]      (default: .tools/routing/venv)
#
# Running it again is cheap: an environment made from the same list is left alone. Exit code 3 says that
# they cannot be had here.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=${1:-${TABTIER_TEST_TOOLS:-$here/../../.tools}/routing/venv}

if cmp -s "$here/requirements.txt" "$dir/requirements.txt"; then
    echo "$dir already holds what requirements.txt asks for"
    exit 0
fi
if ! python3 -m venv "$dir" || ! "$dir/bin/python" -m pip install --quiet \
    --disable-pip-version-check --requirement "$here/requirements.txt"; then
    echo "the Python packages of requirements.txt cannot be had" >&2
    exit 3
fi
cp "$here/requirements.txt" "$dir/requirements.txt"
echo "$dir now holds what requirements.txt asks for"
