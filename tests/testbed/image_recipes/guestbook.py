"""The image that examples/guestbook/Dockerfile describes, made without a registry, on this machine's Python."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

from tests.testbed.image_recipes.archive import Image, layer, write
from tests.testbed.image_recipes.entries import VITESS, Entry
from tests.testbed.image_recipes.host import tools, users
from tests.testbed.image_recipes.interpreter import PYTHON, interpreter, packages

SOURCE: Final = Path(__file__).parents[3] / "examples" / "guestbook"
PACKAGES: Final = ("flask", "waitress", "pymysql")
FOLDER: Final = "/app"
LEFT_OUT: Final = ("Dockerfile", "requirements.txt")


def archive(name: str, cache: Path) -> Path:
    """The archive of the one image, under this name."""
    layers = [
        layer((*interpreter(), *tools(), *users("vitess")), cache),
        layer(packages(PACKAGES), cache),
        layer(_program(), cache),
    ]
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONUNBUFFERED": "1"}
    command = (PYTHON, "-m", "guestbook")
    return write([Image(name, layers, environment, str(VITESS), command, FOLDER)], cache)


def _program() -> Iterator[Entry]:
    for source in sorted(SOURCE.rglob("*")):
        inside = source.relative_to(SOURCE)
        if source.is_file() and "__pycache__" not in inside.parts and inside.name not in LEFT_OUT:
            place = f"{FOLDER}/guestbook/{inside}"
            yield Entry(place, content=source.read_bytes())
            if source.suffix == ".py":
                yield Entry(cache_from_source(place), source=source, compiles=True)
