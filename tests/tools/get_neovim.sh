#!/bin/bash
# Gets a Neovim with inline completion (0.12 or newer) for the tests: get_neovim.sh DIR → DIR/bin/nvim.
#
# Does nothing when it is there already. Exit code 3 and a reason where it cannot be had.
set -euo pipefail

minimum=0.12
dir=${1:?usage: get_neovim.sh DIR}

version() { "$dir/bin/nvim" --version 2>/dev/null | sed -n '1s/^NVIM v\([0-9.]*\).*/\1/p'; }
recent() {
    local have
    have=$(version) && [ -n "$have" ] && dpkg --compare-versions "$have" ge "$minimum"
}

if ! recent; then
    here=$(cd "$(dirname "$0")" && pwd)
    "$here/unpack_debian.sh" "$dir" neovim usr/bin/nvim "$minimum"
    root=$(cd "$dir/unpacked" && pwd)
    cat >"$dir/bin/nvim" <<WRAPPER
#!/bin/sh
VIMRUNTIME='$root/usr/share/nvim/runtime' exec '$root/usr/bin/nvim' "\$@"
WRAPPER
    chmod +x "$dir/bin/nvim"
    recent || {
        echo "neovim: unpacked, but $dir/bin/nvim does not run as $minimum or newer" >&2
        exit 3
    }
fi
echo "Neovim $(version): $dir/bin/nvim"
