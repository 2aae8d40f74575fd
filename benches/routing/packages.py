"""The declared packages, and where their files are kept."""

import dataclasses
import os
import pathlib
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
LANGUAGES = ("rust", "python", "typescript", "javascript", "go", "java", "c", "cpp")
HALVES = ("tuning", "test")
# The packages that are in neither half, and only learned from.
LEARNING = "learning"
PARTS = (*HALVES, LEARNING)


@dataclasses.dataclass(frozen=True)
class Package:
    """One row of packages.toml; `root` is the folder of its archive that is read, if not all of it."""

    name: str
    version: str
    registry: str
    language: str
    license: str
    half: str
    root: str = ""

    @property
    def folder(self):
        """The package's folder among the sources of its language."""
        return folder_of(self.name)


def folder_of(name):
    """A name as one path component: scoped npm names hold a slash."""
    return name.removeprefix("@").replace("/", "__")


def declared(half=None):
    """The packages in the order of packages.toml: of one part, or of both halves."""
    with open(HERE / "packages.toml", "rb") as file:
        packages = [Package(**row) for row in tomllib.load(file)["package"]]
    wanted = HALVES if half is None else (half,)
    return [package for package in packages if package.half in wanted]


def cache():
    """The folder for everything that is downloaded or computed; never committed."""
    tools = os.environ.get("TABTIER_TEST_TOOLS") or HERE.parent.parent / ".tools"
    return pathlib.Path(tools) / "routing"
