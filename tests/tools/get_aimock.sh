#!/bin/sh
# Puts aimock, a stand-in for the model servers of several vendors, into DIR. It has no dependencies and
# runs on Node 20 or newer. The version is pinned: the tests assert what it answers.
#
#   tests/tools/get_aimock.sh .tools/aimock
#
# Running it again is cheap: it leaves a folder that already holds this version alone.
set -eu

if [ $# -ne 1 ]; then
    echo "usage: $0 DIR" >&2
    exit 2
fi
dir=$1
version=1.43.0
package=$dir/node_modules/@copilotkit/aimock/package.json

node --version >/dev/null
if [ -f "$package" ] && grep -q "\"version\": \"$version\"" "$package"; then
    echo "$dir already holds aimock $version"
    exit 0
fi
mkdir -p "$dir"
echo '{"private": true}' >"$dir/package.json"
npm install --prefix "$dir" --silent --no-audit --no-fund --ignore-scripts \
    "@copilotkit/aimock@$version"
echo "$dir now holds aimock $version"
