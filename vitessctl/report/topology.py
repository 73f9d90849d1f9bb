"""The topology as a tree for a person, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from vitessctl.report.screen import REHEARSAL_BANNER
from vitessctl.topology.etcd import Snapshot
from vitessctl.topology.records import Decoded, Node, decode

WIDTH = 110
"""Characters of a record in the tree; the rest is shown when one asks for that record alone."""


@dataclass
class _Folder:
    folders: dict[str, _Folder] = field(default_factory=dict)
    records: dict[str, Node] = field(default_factory=dict)


def tree_lines(snapshot: Snapshot, nodes: Sequence[Node], target: str) -> Iterator[str]:
    """The tree; each record with its version and as much of it as fits."""
    yield from _head(snapshot, target)
    top = _Folder()
    for node in nodes:
        *folders, name = node.address.strip("/").split("/")
        place = top
        for folder in folders:
            place = place.folders.setdefault(folder, _Folder())
        place.records[name] = node
    for cell, part in top.folders.items():
        yield f"{cell} ({snapshot.roots[cell]})"
        yield from _below(part, "")


def _head(snapshot: Snapshot, target: str) -> Iterator[str]:
    if target == "rehearsal":
        yield REHEARSAL_BANNER
    if snapshot.stale:
        yield f"! {snapshot.stale}"


def _below(folder: _Folder, indent: str) -> Iterator[str]:
    entries: list[tuple[str, Node | _Folder]] = [*folder.records.items(), *sorted(folder.folders.items())]
    for number, (name, entry) in enumerate(entries, 1):
        last = number == len(entries)
        branch, deeper = ("└── ", "    ") if last else ("├── ", "│   ")
        if isinstance(entry, Node):
            yield f"{indent}{branch}{name}{_said(entry)}"
            continue
        while len(entry.folders) == 1 and not entry.records:  # a folder with nothing but another in it
            (inner, entry) = next(iter(entry.folders.items()))
            name = f"{name}/{inner}"
        yield f"{indent}{branch}{name}"
        yield from _below(entry, indent + deeper)


def _said(node: Node) -> str:
    found = decode(node)
    content = found.content
    if isinstance(content, dict):  # a tablet's alias is the name of its folder
        content = {name: value for name, value in content.items() if name != "alias"}
    text = " ".join(_brief(content, top=True).split())
    shown = text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
    return f" v{node.version}{' (lock)' if node.is_lock else ''} {shown}".rstrip()


def _brief(value: Any, top: bool = False) -> str:
    """A value in as few characters as tell it: `primary_alias=zone1-0000000100`."""
    if isinstance(value, dict):
        if value.keys() == {"cell", "uid"}:
            return f"{value['cell']}-{value['uid']:010d}"
        if value.keys() <= {"seconds", "nanoseconds"} and value.get("seconds"):
            return datetime.fromtimestamp(int(value["seconds"]), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        inner = " ".join(f"{name}={_brief(each)}" for name, each in value.items())
        return inner if top else f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_brief, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if value != "" else "''"


def record_lines(snapshot: Snapshot, node: Node, target: str) -> Iterator[str]:
    """One record, whole."""
    yield from _head(snapshot, target)
    found = decode(node)
    yield f"{node.address} (version {node.version}{f', {found.kind}' if found.kind else ''})"
    if found.unknown_fields:
        yield f"! it also has fields that are none of the newest Vitess's: {', '.join(map(str, found.unknown_fields))}"
    yield found.content if isinstance(found.content, str) else json.dumps(found.content, indent=2, ensure_ascii=False)


def topology_data(snapshot: Snapshot, nodes: Sequence[Node], cluster: str, target: str) -> dict[str, Any]:
    """The same as a JSON object; field names are part of the interface."""
    return {
        "type": "topology",
        "cluster": cluster,
        "target": target,
        "server": snapshot.server,
        "revision": snapshot.revision,
        "stale": snapshot.stale,
        "roots": snapshot.roots,
        "records": [_node_data(node, decode(node)) for node in nodes],
    }


def _node_data(node: Node, found: Decoded) -> dict[str, Any]:
    return {
        "path": node.address,
        "cell": node.cell,
        "version": node.version,
        "kind": found.kind,
        "lock": node.is_lock,
        "content": found.content,
        "unknown_fields": list(found.unknown_fields),
    }
