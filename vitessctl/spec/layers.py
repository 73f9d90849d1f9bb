"""Layers of a spec, lowest first, and how they become one.

group_vars/all, group_vars/<component>, group_vars/<cell>, group_vars/<keyspace>, cluster.yaml, `-e`. Maps
merge key by key; a list or a scalar replaces what was there. (The lowest layer of all, the built-in defaults,
is filled in by the view: it has no place in a file.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from vitessctl.errors import Place, SpecError
from vitessctl.spec.node import COMMAND_LINE, Node, map_of, nested
from vitessctl.spec.reader import read_file
from vitessctl.spec.words import did_you_mean, listed

SPEC_NAME = "cluster.yaml"
VARS_FOLDER = "group_vars"
_SUFFIXES = ("", ".yaml", ".yml")

COMPONENT_FIELDS = {"image": "images", "resources": "resources", "extra_flags": "extra_flags"}
"""What group_vars/<component> may hold, and the field of the spec in which it becomes <component>'s."""
COMPONENT_GROUPS = {
    "etcd": ("image", "resources", "extra_flags"),
    "vtctld": ("image", "resources", "extra_flags"),
    "mysqlctld": ("image", "resources", "extra_flags"),
    "mysqld": ("image", "resources"),
    "vttablet": ("image", "resources", "extra_flags"),
    "vtorc": ("image", "resources", "extra_flags"),
    "vtgate": ("image", "resources", "extra_flags"),
}


class Group(NamedTuple):
    """One file of group_vars."""

    name: str
    """What the file is for: `all`, a component, a cell, a keyspace."""
    place: Place
    content: Node


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


def read_groups(folder: Path, errors: list[SpecError]) -> list[Group]:
    """Every file of group_vars/ in the order of their names; what cannot be read is added to `errors`."""
    groups = []
    for name, file in _group_files(folder / VARS_FOLDER):
        try:
            content = read_file(file)
        except SpecError as error:
            errors.append(error)
            continue
        if content is not None:
            groups.append(Group(name, Place(str(file), 1, 1), content))
    return groups


def _group_files(folder: Path) -> Iterator[tuple[str, Path]]:
    if not folder.is_dir():
        return
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.name.startswith("."):
            yield from ((entry.name, file) for file in sorted(entry.iterdir()) if _is_yaml(file))
        elif _is_yaml(entry):
            yield entry.stem if entry.suffix else entry.name, entry


def _is_yaml(file: Path) -> bool:
    return file.suffix in _SUFFIXES and not file.name.startswith(".") and not file.is_dir()


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


def group_layers(groups: Sequence[Group], top: Sequence[Node], errors: list[SpecError]) -> list[Node]:
    """The layers of group_vars in their order; `top` are the layers above, which say what cells and keyspaces are."""
    everything = [normal(group.content, errors) for group in groups if group.name == "all"]
    known = stacked([*everything, *top])
    cells, keyspaces = _names(known, "cells"), _names(known, "keyspaces")
    tiers: dict[str, list[Node]] = {"component": [], "cell": [], "keyspace": []}
    for group in groups:
        if group.name == "all":
            continue
        if group.name in COMPONENT_GROUPS and group.name not in cells and group.name not in keyspaces:
            tiers["component"].append(_component_layer(group, errors))
        elif _is_one_thing(group, cells, keyspaces, errors):
            tier = "cell" if group.name in cells else "keyspace"
            tiers[tier].append(nested((f"{tier}s", group.name), group.content))
    return [*everything, *tiers["component"], *tiers["cell"], *tiers["keyspace"]]


def _names(known: Node | None, field: str) -> set[str]:
    found = known.get(field) if known else None
    return set(found.value) if found is not None and found.is_map else set()


def _is_one_thing(group: Group, cells: set[str], keyspaces: set[str], errors: list[SpecError]) -> bool:
    meanings = [
        meaning
        for meaning, names in (("a component", set(COMPONENT_GROUPS)), ("a cell", cells), ("a keyspace", keyspaces))
        if group.name in names
    ]
    if len(meanings) == 1:
        return True
    if meanings:
        errors.append(
            SpecError(
                f"{VARS_FOLDER}/{group.name} could mean {' or '.join(meanings)}",
                where=group.place,
                why=f"{group.name!r} is the name of {' and of '.join(meanings)}",
                fix="write the fields into cluster.yaml, where it is clear which one is meant",
            )
        )
        return False
    names = ["all", *COMPONENT_GROUPS, *sorted(cells), *sorted(keyspaces)]
    errors.append(
        SpecError(
            f"{VARS_FOLDER}/{group.name} belongs to nothing",
            where=group.place,
            why="a file there is named all, or like a component, a cell or a keyspace of the spec",
            fix=did_you_mean(group.name, names) or f"known names are {', '.join(names)}",
        )
    )
    return False


def _component_layer(group: Group, errors: list[SpecError]) -> Node:
    layer = map_of(group.content.place)
    allowed = COMPONENT_GROUPS[group.name]
    for key, child in group.content.value.items():
        if key in allowed:
            layer = merged(layer, nested((COMPONENT_FIELDS[key], group.name), child))
            continue
        errors.append(
            SpecError(
                f"there is no field {key} for a component",
                where=group.content.keys[key],
                why=f"{VARS_FOLDER}/{group.name} may hold {listed(allowed, 'and')}",
                fix=did_you_mean(key, allowed) or "set it in cluster.yaml",
            )
        )
    return layer
