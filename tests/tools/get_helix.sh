#!/bin/bash
# Gets a Helix that asks again for incomplete lists (25.07 or newer): get_helix.sh DIR → DIR/bin/hx.
#
# Does nothing when it is there already. Exit code 3 and a reason where it cannot be had. The package
# has no grammars, so there are no colours; the language server side is whole.
set -euo pipefail

minimum=25.07
dir=${1:?usage: get_helix.sh DIR}

version() { "$dir/bin/hx" --version 2>/dev/null | sed -n '1s/^helix \([0-9.]*\).*/\1/p'; }
recent() {
    local have
    have=$(version) && [ -n "$have" ] && dpkg --compare-versions "$have" ge "$minimum"
}

if ! recent; then
    here=$(cd "$(dirname "$0")" && pwd)
    "$here/unpack_debian.sh" "$dir" hx usr/lib/hx/hx "$minimum"
    root=$(cd "$dir/unpacked" && pwd)
    cat >"$dir/bin/hx" <<WRAPPER
#!/bin/sh
HELIX_RUNTIME='$root/usr/lib/hx/runtime' exec '$root/usr/lib/hx/hx' "\$@"
WRAPPER
    chmod +x "$dir/bin/hx"
    recent || {
        echo "hx: unpacked, but $dir/bin/hx does not run as $minimum or newer" >&2
        exit 3
    }
fi
echo "Helix $(version): $dir/bin/hx"
