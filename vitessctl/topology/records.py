"""Which message is kept where, and what it says. Pure; needs protobuf, not grpc.

A record is the bare message (go/vt/topo of 2.1 to 24). Fields have their numbers since 2.1, and the names of the newest
release here: what was called master is primary.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet

from vitessctl.vtctld.proto import topodata_pb2, vschema_pb2

GLOBAL = "global"
"""What Vitess calls the part that all cells share."""
LOCKS = re.compile(r"(?:^|/)locks/[^/]+$")
_KINDS: Mapping[str, type[Message]] = {
    r"cells/[^/]+/CellInfo": topodata_pb2.CellInfo,
    r"cells_aliases/[^/]+/CellsAlias": topodata_pb2.CellsAlias,
    r"keyspaces/[^/]+/Keyspace": topodata_pb2.Keyspace,
    r"keyspaces/[^/]+/VSchema": vschema_pb2.Keyspace,
    r"keyspaces/[^/]+/shards/[^/]+/Shard": topodata_pb2.Shard,
    r"keyspaces/[^/]+/shards/[^/]+/ShardReplication": topodata_pb2.ShardReplication,
    r"keyspaces/[^/]+/SrvKeyspace": topodata_pb2.SrvKeyspace,
    r"tablets/[^/]+/Tablet": topodata_pb2.Tablet,
    r"SrvVSchema": vschema_pb2.SrvVSchema,
    r"RoutingRules": vschema_pb2.RoutingRules,
    r"ShardRoutingRules": vschema_pb2.ShardRoutingRules,
    r"routing_rules/keyspace/Rules": vschema_pb2.KeyspaceRoutingRules,
    r"MirrorRules": vschema_pb2.MirrorRules,
}
"""By path below the root of a cell, or of what all share."""
_MAPS = ("port_map", "tags", "keyspaces", "tables", "vindexes")
"""Fields that are maps, whose order on the wire is none."""
_PATTERNS = [(re.compile(pattern), kind) for pattern, kind in _KINDS.items()]


@dataclass(frozen=True)
class Node:
    """A record as etcd has it."""

    cell: str
    """The cell that it is in, or `global`."""
    path: str
    """Below that cell's root: `tablets/zone1-0000000100/Tablet`."""
    version: int
    """What Vitess calls its version: etcd's revision when it was last written."""
    value: bytes
    lease: int = 0
    """The lease with which it goes away by itself, as locks do; 0 where it stays."""

    @property
    def address(self) -> str:
        """As vtctldclient's GetTopologyPath wants it: `/zone1/tablets/zone1-0000000100/Tablet`."""
        return f"/{self.cell}/{self.path}"

    @property
    def is_lock(self) -> bool:
        """Whether it is held by an action that goes on, and no record. A keyspace may be called `locks`, too."""
        return bool(self.lease and LOCKS.search(self.path))


@dataclass(frozen=True)
class Decoded:
    """What a record says."""

    kind: str
    """The message: `Tablet`; `lock`; "" where it is not known."""
    content: Any
    """As JSON: an object, or the text of a lock; bytes that nobody knows are `0x` and hexadecimal digits."""
    unknown_fields: tuple[int, ...] = ()
    """Numbers of fields that its release has, and the newest that vitessctl knows has not: too old, or too new."""


def decode(node: Node) -> Decoded:
    """What a record says. Never fails: what cannot be read is given as it is."""
    if node.is_lock:
        return Decoded("lock", _lock(node.value))
    for pattern, kind in _PATTERNS:
        if pattern.fullmatch(node.path):
            return _message(kind, node.value)
    return Decoded("", _text(node.value))


def _message(kind: type[Message], value: bytes) -> Decoded:
    message = kind()
    try:
        message.ParseFromString(value)
    except DecodeError:
        return Decoded("", _text(value))
    content = json_format.MessageToDict(message, preserving_proto_field_name=True)
    rest = UnknownFieldSet(message)
    unknown = tuple(sorted({rest[index].field_number for index in range(len(rest))}))
    name = "VSchema" if kind is vschema_pb2.Keyspace else kind.DESCRIPTOR.name
    return Decoded(name, _readable(content), unknown)


def _readable(content: Any) -> Any:
    """Key ranges as people write them: `80`, not `gA==`; maps in the order of their names."""
    if isinstance(content, list):
        return [_readable(each) for each in content]
    if not isinstance(content, dict):
        return content
    return {name: _field(name, value) for name, value in content.items()}


def _field(name: str, value: Any) -> Any:
    if name == "key_range":
        return _ends(value)
    shown = _readable(value)
    return dict(sorted(shown.items())) if name in _MAPS else shown


def _ends(key_range: Mapping[str, str]) -> dict[str, str]:
    return {name: base64.b64decode(value).hex() for name, value in key_range.items()}


def _lock(value: bytes) -> Any:
    """Vitess writes who holds it, and why, as JSON."""
    text = _text(value)
    try:
        return json.loads(text)
    except ValueError:
        return text


def _text(value: bytes) -> str:
    """Text as it is; what has other than printable characters and line ends in it, in hexadecimal."""
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return f"0x{value.hex()}"
    return text if all(line.isprintable() for line in text.splitlines()) else f"0x{value.hex()}"
