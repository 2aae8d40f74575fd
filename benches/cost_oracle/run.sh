#!/bin/bash
# Lets LiteLLM say what each call costs, and compares it with our ledger, digit by digit:
#
#   benches/cost_oracle/run.sh [CALLS]
#
# The model server is llama.cpp's, LiteLLM's proxy stands before it, and Tabtier completes through both.
# Needs a built program (cargo build). It installs the proxy with some 120 packages and 740 MB into
# .tools/, which takes minutes, so it is no part of the tests.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
tools=${TABTIER_TEST_TOOLS:-$root/.tools}
mkdir -p "$tools"
venv=$tools/litellm
pin="litellm[proxy]==1.106.2"

"$root/tests/tools/setup_python.sh" "$tools/python" >&2
if [ "$(cat "$venv/pin" 2>/dev/null)" != "$pin" ]; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$pin"
    echo "$pin" >"$venv/pin"
fi
exec "$tools/python/bin/python" "$root/benches/cost_oracle/compare.py" \
    --litellm "$venv/bin/litellm" --tabtier "${CARGO_TARGET_DIR:-$root/target}/debug/tabtier" --calls "${1:-40}"
