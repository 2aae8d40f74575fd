"""Downloads one pinned package with the registry's own client.

Each registry is a function that takes a package and a folder and leaves one archive there. The
clients are used as the machine has them configured (mirror, proxy, certificates), so no address
stands here. Nothing of a package is run: a Python package is taken as a wheel, which needs no build,
and an npm package is packed, not installed.
"""

import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SUITE = "bookworm"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


class FetchError(Exception):
    """A package that could not be had, with the client's own last words."""


def run(*command, cwd=None):
    """Runs a client and gives its standard output; its failure or absence is a `FetchError`."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise FetchError(f"needs {command[0]}") from error
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
        raise FetchError(f"{' '.join(command[:3])} …: {' / '.join(words)}")
    return done.stdout


def crates_io(package, folder):
    """`cargo info` fetches exactly one crate into cargo's cache, without its dependencies."""
    name = f"{package.name}-{package.version}.crate"
    home = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo"))
    with tempfile.TemporaryDirectory() as empty:
        run("cargo", "info", "--quiet", "--registry", "crates-io",
            f"{package.name}@{package.version}", cwd=empty)
    found = sorted(home.glob(f"registry/cache/*/{name}"))
    if not found:
        raise FetchError(f"cargo left no {name} in its cache")
    shutil.copy(found[0], folder / name)


def pypi(package, folder):
    """A wheel for any platform: the sources as they are installed, and no build to run."""
    run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
        "--platform", "any", "--dest", str(folder), f"{package.name}=={package.version}")


def npm(package, folder):
    """`npm pack` of a published version downloads its tarball as it is."""
    run("npm", "pack", "--silent", "--pack-destination", str(folder.resolve()),
        f"{package.name}@{package.version}")


def debian(package, folder):
    """The upstream tarball of a source package of Debian's, checked by apt's own signatures."""
    options = scratch_apt(folder.parent.parent / "apt")
    version = revision_of(package, options)
    run("apt-get", *options, "--quiet", "source", "--download-only", "--tar-only",
        f"{package.name}={version}", cwd=folder)


@functools.cache
def scratch_apt(folder):
    """The options for an apt that knows the sources of Debian's stable release, made once a run.

    It takes the archive from the system's own list and writes only to its own folder.
    """
    folder = folder.resolve()
    for part in ("lists/partial", "archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "status").write_text("")
    # A mirror may be a dated snapshot, so its age is not checked; its signature is.
    (folder / "sources.list").write_text(
        f"deb-src [signed-by={KEYRING} check-valid-until=no] {system_archive()} {SUITE} main\n")
    settings = {
        "Dir::Etc::sourcelist": folder / "sources.list", "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null", "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State::status": folder / "status", "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder, "APT::Sandbox::User": "root", "Acquire::Languages": "none",
    }
    options = [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]
    run("apt-get", *options, "-qq", "update")
    return options


def revision_of(package, options):
    """The Debian version that carries this upstream version, whatever its revision."""
    shown = run("apt-cache", *options, "showsrc", "--only-source", package.name)
    offered = [line.split()[1] for line in shown.splitlines() if line.startswith("Version: ")]
    for version in offered:
        if version.rpartition(":")[2].rpartition("-")[0] == package.version:
            return version
    raise FetchError(f"Debian {SUITE} offers {offered}, not {package.version}")


def system_archive():
    """The first Debian archive among the apt sources of this machine."""
    # Without that option apt names only the archives whose lists it has already downloaded.
    targets = run("apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI)",
                  "Created-By: Packages")
    for line in targets.splitlines():
        if line.rstrip("/").endswith("/debian"):
            return line
    raise FetchError("no Debian archive among the apt sources of this machine")


CLIENTS = {"crates.io": crates_io, "pypi": pypi, "npm": npm, "debian": debian}


def download(package, folder):
    """The archive of `package` under `folder`, downloaded unless it is already there."""
    target = folder / f"{package.language}-{package.folder}-{package.version}"
    if target.is_dir() and (found := archive_in(target)):
        return found
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    CLIENTS[package.registry](package, target)
    found = archive_in(target)
    if found is None:
        raise FetchError(f"{package.name}: the client left no archive")
    return found


def archive_in(folder):
    """The one archive in a download folder; signatures and control files are no archives."""
    kinds = (".crate", ".whl", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2")
    found = sorted(path for path in folder.iterdir() if path.name.endswith(kinds))
    return found[0] if found else None
