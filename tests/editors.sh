#!/bin/bash
# Runs everything that starts a real editor: tests/editors.sh [ARGUMENTS FOR the test binary]
#
# Gets the editors into .tools/ first, like tests/run.sh, and skips those that cannot be had with a line
# that says so. What VS Code looked like is left in target/editors/ as pictures.
exec "$(dirname "$0")/run.sh" --test it -- editors emacs helix neovim together vscode "$@"
