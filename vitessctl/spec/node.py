"""The tree of a spec: every value knows the file, line and column in which a person wrote it.

Named tuples here and in the rest of the package: making a frozen dataclass takes eight times as long, and
`validate` has to start as fast as an empty program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from vitessctl.errors import Place

Path: TypeAlias = tuple[str | int, ...]
"""Where a value is in the tree: keys of maps and indexes of lists, from the root."""

COMMAND_LINE = ("-e", "--image")
"""The "files" of values that were given on the command line."""
NO_KEYS: Mapping[str, Place] = MappingProxyType({})


class _Broken:
    """Stands in the tree for a value whose expression failed."""


BROKEN = _Broken()


class Node(NamedTuple):
    """One value: `value` is a map or list of nodes, or a scalar (text, int, float, bool, None)."""

    value: Any
    place: Place
    keys: Mapping[str, Place] = NO_KEYS
    """Where each key of a map is written."""
    text: str | None = None
    """What was written, for a scalar without quotes; None for anything else."""

    @property
    def is_map(self) -> bool:
        """Whether `value` is a dict of nodes."""
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        """Whether `value` is a list of nodes."""
        return isinstance(self.value, list)

    def get(self, *path: str | int) -> Node | None:
        """The node below this one, or None where there is none."""
        node: Node | None = self
        for step in path:
            node = node._child(step) if node else None
        return node

    def place_of(self, path: Path) -> Place:
        """Where the value at `path` was written, or the nearest thing around it that was written at all."""
        node, place = self, self.place
        for step in path:
            child = node._child(step)
            if child is None:
                break
            node, place = child, child.place
        return place

    def key_place(self, path: Path) -> Place:
        """Where the key at the end of `path` was written; for an item of a list, where the item was."""
        around = self.get(*path[:-1]) if path else None
        return around.keys.get(str(path[-1]), self.place_of(path)) if around else self.place_of(path)

    def children(self) -> Iterator[tuple[str | int, Node]]:
        """The steps and nodes right below this one."""
        if isinstance(self.value, dict):
            yield from self.value.items()
        elif isinstance(self.value, list):
            yield from enumerate(self.value)

    def plain(self) -> Any:
        """The value without places: dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def without(self, path: Path) -> Node:
        """This tree with the value at `path` taken out of its map; the same tree where there is none."""
        step, *rest = path
        child = self._child(step)
        if child is None:
            return self
        if rest:
            return self.replaced(step, child.without(tuple(rest)))
        if isinstance(self.value, list):
            return with_value(self, [item for index, item in enumerate(self.value) if index != step])
        return with_value(self, {key: value for key, value in self.value.items() if key != step})

    def replaced(self, step: str | int, child: Node, key: Place | None = None) -> Node:
        """This tree with one child put in place of what was there."""
        if isinstance(self.value, list):
            return with_value(self, [child if index == step else item for index, item in enumerate(self.value)])
        keys = self.keys if step in self.keys else {**self.keys, str(step): key or child.place}
        return Node({**self.value, step: child}, self.place, keys)

    def _child(self, step: str | int) -> Node | None:
        if isinstance(self.value, dict):
            return self.value.get(step)
        if isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value):
            return self.value[step]  # type: ignore[no-any-return]
        return None


def with_value(node: Node, value: Any) -> Node:
    """The same place with another value."""
    return Node(value, node.place, node.keys)


def map_of(place: Place, **children: Node) -> Node:
    """A map that no file holds as such, with its keys placed where their values are."""
    return Node(dict(children), place, {key: child.place for key, child in children.items()})


def nested(path: Path, node: Node) -> Node:
    """`node` inside maps, one for each step of `path`: `a: {b: node}`."""
    for step in reversed(path):
        node = Node({step: node}, node.place, {str(step): node.place})
    return node


def is_expression(node: Node) -> bool:
    """Whether a value has something to evaluate."""
    return isinstance(node.value, str) and "{{" in node.value


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every node of the tree with its path, parents before children."""
    yield path, node
    for step, child in node.children():
        yield from walk(child, (*path, step))


def dotted(path: Path) -> str:
    """`keyspaces.messages.pools[0].cell`, as a person reads a path."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "the spec"
