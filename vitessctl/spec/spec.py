"""The spec as it is handed on: merged, evaluated, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from vitessctl import releases
from vitessctl.errors import Place
from vitessctl.spec.node import Node, Path

VITESS_COMPONENTS = ("vttablet", "vtctld", "vtgate", "vtorc", "mysqlctld")
"""Those that run from the Vitess image; in this order their image tells the release if there is no common one."""


def release_of(root: Node) -> str:
    """The release that holds: the one written, else what the image's tag tells; empty if neither says."""
    written = root.get("release")
    if written is not None:
        return str(written.value)
    for component in ("vitess", *VITESS_COMPONENTS):
        image = root.get("images", component)
        release = releases.of_image(image.value) if image is not None else None
        if release:
            return release
    return ""


class Spec(NamedTuple):
    """A spec in its long form: `cells` is a map, `image` is images.vitess, expressions are evaluated."""

    root: Node
    """The values with their places."""
    data: Mapping[str, Any]
    """The same values without places."""
    release: str
    """The release that holds for it: `release:`, or read from the image's tag. Empty while it is not known."""
    texts: Mapping[Path, str]
    """The content of every file that the spec names (schema, vschema, my_cnf), by the field's path."""

    def get(self, *path: str | int, default: Any = None) -> Any:
        """The plain value at a path, or `default` where the spec says nothing."""
        node = self.root.get(*path)
        return default if node is None else node.plain()

    def place(self, *path: str | int) -> Place:
        """Where the value at a path was written, or the nearest thing around it."""
        return self.root.place_of(path)

    def has(self, *path: str | int) -> bool:
        """Whether the spec says something at a path."""
        return self.root.get(*path) is not None
