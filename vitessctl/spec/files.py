"""The files that a spec names: SQL, VSchemas, MySQL settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath

from vitessctl.errors import Place, SpecError
from vitessctl.spec.node import COMMAND_LINE, Node, Path, dotted
from vitessctl.spec.textfile import read_file


def file_beside(place: Place, path: str) -> FilePath:
    """The file that a value at `place` names: relative to the file that holds the value."""
    folder = FilePath() if place.file in COMMAND_LINE else FilePath(place.file).parent
    return folder / path


def texts_of(root: Node, errors: list[SpecError]) -> Mapping[Path, str]:
    """The content of every file that the spec names, by the path of the field; failures are added to `errors`."""
    texts = {}
    for path in _named(root):
        node = root.get(*path)
        if node is None or not isinstance(node.value, str):
            continue
        file = file_beside(node.place, node.value)
        try:
            texts[path] = read_file(file)
        except SpecError as error:
            errors.append(
                SpecError(
                    f"{dotted(path)}: {node.value} cannot be read",
                    where=node.place,
                    why=f"{file}: {error.why or error.what}",
                    fix="a path is relative to the file that names it",
                )
            )
    return texts


def _named(root: Node) -> Iterator[Path]:
    keyspaces = root.get("keyspaces")
    for name in keyspaces.value if keyspaces else ():
        yield ("keyspaces", name, "schema")
        yield ("keyspaces", name, "vschema")
    yield ("local", "my_cnf")
    yield ("mysql", "my_cnf")
