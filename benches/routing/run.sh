#!/bin/sh
# Builds the corpus, labels it, tests these scripts, and evaluates the router:
#
#   benches/routing/run.sh [ARGUMENTS FOR evaluate.py]      such as --check, --write, --examples 10
#
# Every step is cheap when it was done before, but for the labels, which take a minute. The program
# measured is the newest that cargo built; see evaluate.py.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
tools=${TABTIER_TEST_TOOLS:-$here/../../.tools}
mkdir -p "$tools/routing"
tools=$(cd "$tools" && pwd)
export TABTIER_TEST_TOOLS="$tools" PYTHONDONTWRITEBYTECODE=1

"$here/setup.sh" >&2
python=$tools/routing/venv/bin/python
"$python" -m unittest discover --quiet --start-directory "$here"
"$python" "$here/corpus.py" >&2
"$python" "$here/label.py" >&2
exec "$python" "$here/evaluate.py" "$@"
