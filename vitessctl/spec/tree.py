"""From YAML's events to a tree of nodes.

Events, not `yaml.compose`: they come one by one, so what nests too deep or grows too big is refused
before it costs anything, and duplicate keys are still there to be seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from vitessctl.errors import Place, SpecError
from vitessctl.spec import scalars
from vitessctl.spec.node import Node

MAX_DEPTH = 32
MAX_NODES = 100_000

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser of libyaml where PyYAML has it; it is six times as fast."""


class _Collection:
    """A map or list that is still being read."""

    def __init__(self, event: Any, place: Place) -> None:
        self.place = place
        self.anchor: str | None = event.anchor
        self.is_map = isinstance(event, yaml.MappingStartEvent)
        self.items: list[Node] = []
        self.map: dict[str, Node] = {}
        self.keys: dict[str, Place] = {}
        self.key: str | None = None
        self.size = 1
        self.depth = 1

    def node(self) -> Node:
        return Node(self.map, self.place, self.keys) if self.is_map else Node(self.items, self.place)


class Tree:
    """Reads events and builds the tree; every refusal is a SpecError."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.stack: list[_Collection] = []
        self.anchors: dict[str, tuple[Node, int, int]] = {}
        """Name of an anchor to its node, how many values that has, and how deep it is."""
        self.root: Node | None = None
        self.documents = 0

    def build(self) -> Node | None:
        """The tree; None if the text holds no document. Raises yaml.YAMLError for what is no YAML."""
        for event in self._events():
            self._take(event)
        return self.root

    def _events(self) -> Iterator[Any]:
        return yaml.parse(self.text, Loader=Loader)

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._document(event)

    def _place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise SpecError(
                "a second document begins here",
                where=self._place(event),
                why="a spec is one document",
                fix="remove the --- line, or put the rest into group_vars/",
            )

    def _scalar(self, event: Any) -> None:
        self._refuse_tag(event)
        plain = event.implicit[0]
        value = scalars.read(event.value) if plain else event.value
        node = Node(value, self._place(event), text=event.value if plain else None)
        if event.anchor:
            self.anchors[event.anchor] = (node, 1, 0)
        self._put(node, self._place(event), 1, 0)

    def _start(self, event: Any) -> None:
        self._refuse_tag(event)
        if self.stack and self.stack[-1].is_map and self.stack[-1].key is None:
            raise _no_key(self._place(event), self.text)
        self.stack.append(_Collection(event, self._place(event)))
        self._check_depth(0, self._place(event))

    def _end(self) -> None:
        done = self.stack.pop()
        node = done.node()
        if done.anchor:
            self.anchors[done.anchor] = (node, done.size, done.depth)
        self._put(node, done.place, done.size, done.depth)

    def _alias(self, event: Any) -> None:
        place = self._place(event)
        if event.anchor not in self.anchors:
            inside = any(collection.anchor == event.anchor for collection in self.stack)
            reason = "it is inside of what it refers to" if inside else f"nothing before it is called &{event.anchor}"
            raise SpecError(f"the alias *{event.anchor} cannot be resolved", where=place, why=reason)
        node, size, depth = self.anchors[event.anchor]
        self._check_depth(depth, place)
        self._put(node, place, size, depth)

    def _check_depth(self, more: int, place: Place) -> None:
        if len(self.stack) + more > MAX_DEPTH:
            raise SpecError(f"this is nested more than {MAX_DEPTH} levels deep", where=place)

    def _put(self, node: Node, place: Place, size: int, depth: int) -> None:
        if not self.stack:
            self.root = node
            return
        around = self.stack[-1]
        around.size += size
        around.depth = max(around.depth, depth + 1)
        if around.size > MAX_NODES:
            raise SpecError(
                f"this grows to more than {MAX_NODES:,} values",
                where=place,
                why="every alias (*name) counts as often as it is used",
                fix="write a smaller spec; use counts (tablets: 3, shards: 4) instead of lists",
            )
        if not around.is_map:
            around.items.append(node)
        elif around.key is None:
            self._key(around, node, place)
        else:
            around.map[around.key] = node
            around.key = None

    def _key(self, around: _Collection, node: Node, place: Place) -> None:
        key = node.text if node.text is not None else node.value
        if not isinstance(key, str) or key == "":
            raise _no_key(place, self.text)
        if key == "<<" and node.text is not None:
            raise SpecError(
                "merge keys (<<) are not supported",
                where=place,
                why="what a spec shares lives in group_vars/ and is merged from there",
                fix="move the shared fields to group_vars/, or write them out",
            )
        if key in around.keys:
            first = around.keys[key]
            raise SpecError(
                f"the key {key!r} is there twice",
                where=place,
                why=f"the first is in line {first.line}, and YAML would silently drop it",
                fix="remove one of them",
            )
        around.keys[key] = place
        around.key = key

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            raise SpecError(
                f"the YAML tag {event.tag.replace('tag:yaml.org,2002:', '!!')} is not allowed",
                where=self._place(event),
                fix="remove it; put quotes around a value that shall be text",
            )


def _no_key(place: Place, text: str) -> SpecError:
    lines = text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    if "{{" in line or line[place.column - 2 : place.column] == "{{":
        return SpecError(
            "a value that holds {{ }} needs quotes", where=place, why="braces begin a map in YAML", fix='"{{ name }}"'
        )
    return SpecError("a key has to be text", where=place, why="here it is a list, a map, or empty")
