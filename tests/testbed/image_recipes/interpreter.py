"""The Python that runs this, with what the stand-ins need of its packages: the heavy layer, which seldom changes."""

from __future__ import annotations

import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

from tests.testbed.image_recipes.entries import Entry, file
from tests.testbed.image_recipes.host import libraries

PYTHON: Final = "/usr/local/bin/python3"
VERSION: Final = f"python{sys.version_info[0]}.{sys.version_info[1]}"
STANDARD: Final = f"/usr/local/lib/{VERSION}"
SITE: Final = f"{STANDARD}/site-packages"
PACKAGES: Final = ("grpcio", "protobuf", "pyyaml", "mysql-mimic", "pycryptodome", "sqlglot", "xxhash")
"""What vitessctl's stand-ins import; what these need comes along."""
LEFT_OUT: Final = frozenset(
    (
        "test",
        "tests",
        "idlelib",
        "tkinter",
        "turtledemo",
        "lib2to3",
        "ensurepip",
        "site-packages",
        "dist-packages",
        "pydoc_data",
        "venv",
    )
)
_COMPILED: Final = f".{sys.implementation.cache_tag}.pyc"


def interpreter() -> Iterator[Entry]:
    """Python, its standard library without tests, and every shared library that one of them needs."""
    program = Path(sys.executable).resolve()
    standard = Path(sysconfig.get_path("stdlib"))
    modules = [*_python_files(STANDARD, standard)]
    yield Entry(PYTHON, source=program, mode=0o755)
    yield from modules
    found = [*packages(PACKAGES)]
    yield from found
    shared = [entry.source for entry in (*modules, *found) if entry.source and ".so" in entry.source.name]
    yield from libraries([program, *shared])


def _python_files(place: str, folder: Path) -> Iterator[Entry]:
    for found in sorted(folder.iterdir()):
        if found.name in LEFT_OUT or found.name.startswith("config-"):
            continue
        if found.is_dir():
            yield from _python_files(f"{place}/{found.name}", found)
        elif _wanted(found):
            yield file(f"{place}/{found.name}", found)


def _wanted(path: Path) -> bool:
    """Not a static library, nor what another Python, or one that optimizes, has compiled."""
    if path.suffix == ".pyc":
        return path.name.endswith(_COMPILED) and not re.search(r"\.(opt|pypy)", path.name)
    return path.suffix not in (".a", ".pyi", ".c", ".h", ".pyx", ".pxd")


def packages(names: Iterable[str]) -> Iterator[Entry]:
    """These distributions, with all that they require."""
    for name in sorted(closure(names)):
        for path in distribution(name).files or ():
            source = Path(str(path.locate()))
            inside = ".." not in path.parts and not LEFT_OUT.intersection(path.parts)
            if inside and source.is_file() and source.suffix != ".pyc" and _wanted(source):
                yield file(f"{SITE}/{path}", source)
                if source.suffix == ".py":  # an installer need not have compiled it
                    yield Entry(cache_from_source(f"{SITE}/{path}"), source=source, compiles=True)


def closure(names: Iterable[str]) -> set[str]:
    """These distributions and those that they require, without extras; what is not installed was not needed."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            requirements = distribution(name).requires or ()
        except PackageNotFoundError:
            continue
        found.add(name)
        waiting += [
            match[0] for each in requirements if "extra ==" not in each and (match := re.match(r"[\w.-]+", each))
        ]
    return found
