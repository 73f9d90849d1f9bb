"""Layers of a spec, lowest first, and how they become one.

group_vars/all, group_vars/<component>, group_vars/<cell>, group_vars/<keyspace>, cluster.yaml, `-e`. Maps
merge key by key; a list or a scalar replaces what was there. (The lowest layer of all, the built-in defaults,
is filled in by the view: it has no place in a file.)
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from vitessctl.errors import Place, SpecError
from vitessctl.spec.node import COMMAND_LINE, Node, map_of
from vitessctl.spec.reader import read_file

SPEC_NAME = "cluster.yaml"


def spec_file(inventory: Path | None) -> Path:
    """The spec's own file: the one given, or cluster.yaml in the folder given or the current one."""
    path = inventory if inventory is not None else Path(SPEC_NAME)
    file = path / SPEC_NAME if path.is_dir() else path
    if file.exists():
        return file
    other = file.with_suffix(".yml")
    make = "choose one with -i, or make one: vitessctl init DIR"
    raise SpecError(
        f"there is no {SPEC_NAME}" if inventory is None or path.is_dir() else "there is no such file or folder",
        where=Place(str(file), 1, 1),
        why="an inventory is a folder that holds cluster.yaml, or the file itself",
        fix=f"rename {other.name} to {file.name}" if other.exists() else make,
    )


def read_spec(file: Path) -> Node:
    """The tree of cluster.yaml; SpecError if it is empty."""
    node = read_file(file)
    if node is None:
        raise SpecError(
            "the spec is empty",
            where=Place(str(file), 1, 1),
            why="a cluster has at least a name, an image, a cell and a keyspace",
            fix="write one with: vitessctl init DIR",
        )
    return node


def merged(low: Node, high: Node) -> Node:
    """`high` over `low`: maps merge, anything else replaces. Keys of `low` come first."""
    if not (low.is_map and high.is_map):
        return high
    children = dict(low.value)
    for key, child in high.value.items():
        children[key] = merged(children[key], child) if key in children else child
    place = low.place if high.place.file in COMMAND_LINE else high.place
    return Node(children, place, {**low.keys, **high.keys})


def stacked(layers: Iterable[Node]) -> Node | None:
    """All layers, the lowest first, as one tree; None if there is none."""
    result: Node | None = None
    for layer in layers:
        result = layer if result is None else _keeping_listed_cells(merged(result, layer), layer)
    return result


def _keeping_listed_cells(node: Node, layer: Node) -> Node:
    """A layer that lists its cells (`cells: [a, b]`) says which there are; lower layers then only add fields."""
    listed = layer.get("cells")
    if listed is None or not isinstance(listed.value, ListedCells):
        return node
    cells = node.value["cells"]
    kept = {name: cells.value[name] for name in listed.value}
    return node.replaced("cells", Node(kept, cells.place, cells.keys))


class ListedCells(dict[str, Node]):
    """The map of cells that were written as a list of names."""


def normal(layer: Node, errors: list[SpecError]) -> Node:
    """A layer in the long form, so that layers merge alike: `cells` as a map, `image` as images.vitess."""
    return _long_image(_long_cells(layer), errors)


def _long_cells(layer: Node) -> Node:
    cells = layer.get("cells")
    if cells is None or not cells.is_list:
        return layer
    names = [item.text or item.value for item in cells.value]
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        return layer  # the schema will say what is wrong with the list
    keys = {name: item.place for name, item in zip(names, cells.value, strict=True)}
    empty = ListedCells({name: Node({}, place) for name, place in keys.items()})
    return layer.replaced("cells", Node(empty, cells.place, keys))


def _long_image(layer: Node, errors: list[SpecError]) -> Node:
    image, images = layer.get("image"), layer.get("images")
    if image is None or image.is_map or image.is_list:
        return layer
    if images is not None and not images.is_map:
        return layer
    if images is not None and "vitess" in images.value:
        errors.append(
            SpecError(
                "image and images.vitess are both given",
                where=layer.keys["image"],
                why="image is short for images.vitess",
                fix="remove one of them",
            )
        )
        return layer.without(("image",))
    long = merged(images or map_of(image.place), map_of(image.place, vitess=image))
    return layer.without(("image",)).replaced("images", long, layer.keys["image"])
