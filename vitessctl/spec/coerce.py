"""Scalars read as what the schema wants them to be.

Where the schema wants text, a scalar without quotes is the text as it was written: `release: 2.10` is the
release "2.10", a flag's value `on` is "on", the cell `no` is "no". Where it wants true or false, Ansible's
`yes`, `no`, `on` and `off` will do. A field that takes a map may be left empty (all its lines commented out),
which is an empty map.
"""

from __future__ import annotations

from collections.abc import Iterable

from vitessctl.spec import schema as schemas
from vitessctl.spec.node import Node
from vitessctl.spec.schema import Schema

_SWITCHES = {"yes": True, "on": True, "no": False, "off": False}


def coerced(node: Node, wanted: Iterable[Schema]) -> Node:
    """The tree with every scalar read as the schema wants it; `wanted` are the schemas that hold for its root."""
    branches = [branch for schema in wanted for branch in schemas.alternatives(schema)]
    if node.is_map:
        return _map(node, branches)
    if node.is_list:
        items = [coerced(item, _below(branches, index)) for index, item in enumerate(node.value)]
        return Node(items, node.place)
    return _scalar(node, {name for branch in branches for name in schemas.types(branch)})


def _map(node: Node, branches: list[Schema]) -> Node:
    children = {key: coerced(child, _below(branches, key)) for key, child in node.value.items()}
    return Node(children, node.place, node.keys)


def _below(branches: Iterable[Schema], step: str | int) -> list[Schema]:
    return [schema for branch in branches for schema in schemas.below(branch, step)]


def _scalar(node: Node, types: set[str]) -> Node:
    if types == {"object"} and node.value is None and node.text == "":
        return Node({}, node.place)
    if "string" in types:
        return _text(node)
    if "boolean" in types and node.text is not None and node.text.lower() in _SWITCHES:
        return Node(_SWITCHES[node.text.lower()], node.place, text=node.text)
    return node


def _text(node: Node) -> Node:
    if node.text:
        return Node(node.text, node.place, text=node.text)
    if isinstance(node.value, bool):
        return Node("true" if node.value else "false", node.place)
    if isinstance(node.value, int | float):
        return Node(str(node.value), node.place)
    return node
