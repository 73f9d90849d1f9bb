"""group_vars: what holds for everything, for a component, a cell, a keyspace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from vitessctl.errors import Place, SpecError
from vitessctl.spec.layers import merged, normal, stacked
from vitessctl.spec.node import Node, map_of, nested
from vitessctl.spec.reader import read_file
from vitessctl.spec.words import did_you_mean, listed

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
