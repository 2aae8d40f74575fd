#!/bin/bash
# Builds the corpus, labels it, tests these scripts, and evaluates the router:
#
#   benches/routing/run.sh [ARGUMENTS FOR evaluate.py]      such as --check, --write, --examples 10
#
# With --check or --write it goes on to what the local engine offers, and saves when files are typed again.
# Every step is cheap when it was done before, but for the labels, which take ten to twenty seconds. The
# program measured is the newest that cargo built; see evaluate.py. Where a registry cannot be reached it
# prints a line `skipped: ...` and measures nothing; TABTIER_REQUIRE_TOOLS=1 makes that a failure, as in CI.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
tools=${TABTIER_TEST_TOOLS:-$here/../../.tools}
mkdir -p "$tools/routing"
tools=$(cd "$tools" && pwd)
export TABTIER_TEST_TOOLS=$tools PYTHONDONTWRITEBYTECODE=1

# have NAME COMMAND...: a step that needs the network. Exit code 3 means that it cannot be had here.
have() {
    local log=$tools/routing/$1.log code=0
    shift
    "$@" 2>&1 | tee "$log" >&2 || code=$?
    if [ "$code" = 3 ] && [ "${TABTIER_REQUIRE_TOOLS:-0}" != 1 ]; then
        echo "skipped: routing is not measured: $(tail -n 1 "$log")"
        exit 0
    fi
    [ "$code" = 0 ] || exit 1
}

case " $* " in
*" --half tuning "* | *" --half=tuning "*) half=tuning ;;
*) half="test" ;;
esac

have setup "$here/setup.sh"
python=$tools/routing/venv/bin/python
"$python" -m unittest discover --quiet --start-directory "$here"
have corpus "$python" "$here/corpus.py"
"$python" "$here/label.py" --half "$half" >&2

mode=""
for argument in "$@"; do
    case $argument in
    --check | --write) mode=$argument ;;
    esac
done
if [ -z "$mode" ]; then
    exec "$python" "$here/evaluate.py" "$@"
fi
# All three are run, so that one change shows all that it moves.
code=0
answers=$tools/routing/answers-test.jsonl
"$python" "$here/evaluate.py" "$@" --answers "$answers" || code=1
"$python" "$here/local.py" "$@" --answers "$answers" || code=1
cargo bench --quiet --manifest-path "$here/../../Cargo.toml" --profile dev --bench local -- "$mode" || code=1
exit "$code"
