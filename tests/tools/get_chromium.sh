#!/bin/bash
# Gets a Chromium that runs without a display, for the tests: get_chromium.sh DIR
#
#   DIR/bin/chromium    the system's own, or Debian's, downloaded and unpacked, not installed
#   DIR/node_modules    with playwright-core, which drives it; Node itself is the system's
#
# Does nothing when it is there already. Exit code 3 and a reason where it cannot be had.
set -euo pipefail

driver=playwright-core@1.65.1
dir=${1:?usage: get_chromium.sh DIR}

cannot() {
    echo "Chromium: cannot be had here: $*" >&2
    exit 3
}

report() { echo "$("$dir/bin/chromium" --version 2>/dev/null | xargs): $dir/bin/chromium"; }

if [ "$(cat "$dir/driver" 2>/dev/null)" = "$driver" ] && "$dir/bin/chromium" --version >/dev/null 2>&1; then
    report
    exit 0
fi
for tool in node npm; do
    command -v "$tool" >/dev/null || cannot "needs $tool"
done
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || cannot "needs Node 18 or newer"
if [ -n "$(ls -A "$dir" 2>/dev/null)" ] && [ ! -e "$dir/.chromium" ]; then
    cannot "$dir holds files this script did not put there"
fi
rm -rf "$dir"
mkdir -p "$dir/bin"
dir=$(cd "$dir" && pwd)
touch "$dir/.chromium"

# Its install script would fetch browsers of its own.
npm install --prefix "$dir" --ignore-scripts --no-audit --no-fund --loglevel=error "$driver" >&2 ||
    cannot "npm had no $driver"

if browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome); then
    ln -s "$browser" "$dir/bin/chromium"
else
    # The system's own sources and package status are read, and only what it lacks is downloaded. Lists
    # and archives are kept apart, so this needs no rights.
    command -v apt-get >/dev/null || cannot "needs chromium, and there is no apt-get"
    apt=$dir/apt
    mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$dir/unpacked"
    scratch=(-o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt" -o "Dir::Cache::archives=$apt/archives"
        -o Debug::NoLocking=1 -o APT::Sandbox::User=root -o Acquire::Languages=none)
    apt-get -qq "${scratch[@]}" update >&2 || cannot "apt-get update failed"
    apt-get -y -qq "${scratch[@]}" --no-install-recommends --download-only install \
        chromium fonts-dejavu-core >/dev/null || cannot "no chromium among the apt sources"
    for archive in "$apt"/archives/*.deb; do dpkg -x "$archive" "$dir/unpacked"; done
    rm -rf "$apt"
    libraries=$(echo "$dir"/unpacked/usr/lib/*-linux-gnu)
    cat >"$dir/fonts.conf" <<FONTS
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>$dir/unpacked/usr/share/fonts</dir>
  <cachedir>$dir/fonts</cachedir>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <match><edit name="family" mode="append_last"><string>DejaVu Sans</string></edit></match>
</fontconfig>
FONTS
    cat >"$dir/bin/chromium" <<WRAPPER
#!/bin/sh
export LD_LIBRARY_PATH='$libraries:$libraries/pulseaudio' FONTCONFIG_FILE='$dir/fonts.conf'
exec '$dir/unpacked/usr/lib/chromium/chromium' "\$@"
WRAPPER
    chmod +x "$dir/bin/chromium"
fi
"$dir/bin/chromium" --version >/dev/null || cannot "it is there and does not start"
echo "$driver" >"$dir/driver"
report
