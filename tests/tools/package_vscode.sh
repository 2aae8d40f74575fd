#!/bin/bash
# Builds and packages the extension for VS Code: package_vscode.sh DIR → DIR/tabtier.vsix
#
# The same command as for a release, with the same locked packages. Does nothing when the sources have
# not changed since. Exit code 3 and a reason where it cannot be done.
set -euo pipefail

dir=${1:?usage: package_vscode.sh DIR}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
cd "$(dirname "$0")/../../editors/vscode"

if ! command -v npm >/dev/null; then
    echo "the extension for VS Code: cannot be built here: needs npm" >&2
    exit 3
fi
sum() { find . \( -name node_modules -o -name dist -o -name bin \) -prune -o -type f \
    ! -name '*.vsix' ! -name LICENSE -print0 | sort -z | xargs -0 cat | cksum; }
sources=$(sum)
if [ "$(cat "$dir/sources" 2>/dev/null)" != "$sources" ] || [ ! -e "$dir/tabtier.vsix" ]; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    npm run --silent package
    cp tabtier.vsix "$dir/tabtier.vsix"
    echo "$sources" >"$dir/sources"
fi
echo "extension for VS Code: $dir/tabtier.vsix"
