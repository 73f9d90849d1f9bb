"""From text to a tree of nodes; whatever is wrong with the text is a SpecError with a place."""

from __future__ import annotations

from pathlib import Path

import yaml

from vitessctl.errors import Place, SpecError
from vitessctl.spec import textfile
from vitessctl.spec.node import Node
from vitessctl.spec.syntax import not_yaml
from vitessctl.spec.tree import Tree
from vitessctl.spec.words import kind_of


def read_file(path: Path) -> Node | None:
    """The tree of a YAML file; None if it holds nothing. SpecError if it cannot be read or is not a sound map."""
    return read_text(textfile.read_file(path), str(path))


def read_text(text: str, file: str, root: str = "map") -> Node | None:
    """The tree of YAML text; None if it holds nothing.

    `root` is "map" if the text must be one, "any" if it may be any value (`-e key=value`).
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise SpecError("this is not UTF-8", where=Place(file, 1, error.start + 1)) from error
    try:
        node = Tree(file, text).build()
    except yaml.YAMLError as error:
        raise not_yaml(error, text, file) from error
    if node is None or (node.value is None and node.text is not None):
        return None
    if root == "map" and not node.is_map:
        raise SpecError(
            f"this is {kind_of(node.value)}, not a map of fields",
            where=node.place,
            fix="write fields with their values, like `cluster: guestbook`",
        )
    return node
