#!/bin/bash
# Runs every test: tests/run.sh [ARGUMENTS FOR cargo test]
#
# Some tests talk to real programs: a llama.cpp server, vendors' SDKs, aimock, Neovim, Helix, Emacs,
# Chromium, VS Code. This script puts them into .tools/ (never into the system) and then runs
# `cargo test`. Where one cannot be had, its tests say `skipped` and the rest still runs;
# TABTIER_REQUIRE_TOOLS=1 makes that a failure, as in CI.
# TABTIER_TEST_TOOLS names another folder than .tools, to share one between work trees.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=${TABTIER_TEST_TOOLS:-$PWD/.tools}
require=${TABTIER_REQUIRE_TOOLS:-0}
mkdir -p "$tools"
export TABTIER_TEST_TOOLS=$tools TABTIER_REQUIRE_TOOLS=$require

# set_up NAME COMMAND...: the tool, or one line that says what will be skipped and why.
set_up() {
    local name=$1 log=$tools/$1.log
    shift
    if "$@" >"$log" 2>&1; then
        tail -n 1 "$log"
    elif [ "$require" = 1 ]; then
        cat "$log" >&2
        echo "$name could not be set up, and TABTIER_REQUIRE_TOOLS=1 asks for it" >&2
        exit 1
    else
        echo "skipping the tests with $name: $(tail -n 1 "$log")"
    fi
}

set_up python tests/tools/setup_python.sh "$tools/python"
set_up sdks tests/tools/setup_sdks.sh "$tools/sdks"
set_up aimock tests/tools/get_aimock.sh "$tools/aimock"
set_up neovim tests/tools/get_neovim.sh "$tools/neovim"
set_up neovim_old tests/tools/get_neovim_old.sh "$tools/neovim_old"
set_up helix tests/tools/get_helix.sh "$tools/helix"
set_up emacs tests/tools/get_emacs.sh "$tools/emacs"
set_up chromium tests/tools/get_chromium.sh "$tools/chromium"
set_up vscode tests/tools/get_vscode.sh "$tools/vscode"
set_up vsix tests/tools/package_vscode.sh "$tools/vsix"
set_up tmux tmux -V

exec cargo test "$@"
