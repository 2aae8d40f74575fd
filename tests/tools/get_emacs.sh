#!/bin/bash
# Gets an Emacs with eglot that needs no display: get_emacs.sh DIR → DIR/bin/emacs.
#
# Does nothing when it is there already. Exit code 3 and a reason where it cannot be had.
set -euo pipefail

minimum=29
dir=${1:?usage: get_emacs.sh DIR}

version() { "$dir/bin/emacs" --version 2>/dev/null | sed -n '1s/^GNU Emacs //p'; }

if [ -z "$(version)" ]; then
    here=$(cd "$(dirname "$0")" && pwd)
    "$here/unpack_debian.sh" "$dir" emacs-nox usr/bin/emacs-nox "$minimum"
    root=$(cd "$dir/unpacked" && pwd)
    dump=$(find "$root" -name '*.pdmp' -print -quit)
    share=$(dirname "$(find "$root/usr/share/emacs" -type d -name lisp -print -quit)")
    cat >"$dir/bin/emacs" <<WRAPPER
#!/bin/sh
export EMACSLOADPATH='$share/lisp' EMACSDATA='$share/etc' EMACSDOC='$share/etc'
EMACSPATH='$(dirname "$dump")' exec '$root/usr/bin/emacs-nox' --dump-file='$dump' "\$@"
WRAPPER
    chmod +x "$dir/bin/emacs"
    [ -n "$(version)" ] || {
        echo "emacs: unpacked, but $dir/bin/emacs does not run" >&2
        exit 3
    }
fi
echo "Emacs $(version): $dir/bin/emacs"
