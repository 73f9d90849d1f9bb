"""Reading all of a topology from etcd."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from vitessctl.errors import UnreachableError
from vitessctl.rehearsal.etcd.client import EtcdClient, EtcdError, prefix_end
from vitessctl.rehearsal.etcd.proto import etcd_pb2
from vitessctl.targets.base import Address
from vitessctl.topology.records import GLOBAL, Node
from vitessctl.vtctld.proto import topodata_pb2

PAGE = 500
"""Records that are asked for at a time; a message of etcd's may have 4 MB."""
SECONDS = 3.0
"""How long one member is waited for."""
_NO_QUORUM = "no quorum: this is what one member knew last"


@dataclass(frozen=True)
class Snapshot:
    """A topology at one moment."""

    server: str
    """The member that was asked, for a sentence."""
    revision: int
    roots: dict[str, str]
    """By cell (and `global`), where its records begin."""
    nodes: tuple[Node, ...]
    stale: str = ""
    """Why it may not be the newest, "" if it is."""


def read_topology(members: Sequence[Address], root: str, seconds: float = SECONDS) -> Snapshot:
    """Ask one member after the other. Raises UnreachableError where none answers.

    Where no member has a quorum, what one of them has is given, and said to be stale. `root` is what all cells share.
    """
    faults = []
    for stale in ("", _NO_QUORUM):
        for member in members:
            try:
                return _read(member, root, seconds, stale)
            except EtcdError as error:
                faults.append(f"{member.shown}: {error.details or error.code.name}")
    raise UnreachableError(
        "no member of etcd answers",
        where=", ".join(member.shown for member in members),
        why="; ".join(dict.fromkeys(faults)),
        fix="see whether it runs: vitessctl status; vitessctl logs etcd",
    )


def _read(member: Address, root: str, seconds: float, stale: str) -> Snapshot:
    with closing(EtcdClient(str(member))) as client:
        reader = _Reader(client, seconds, serializable=bool(stale))
        nodes = [*reader.below(GLOBAL, root)]
        roots = {GLOBAL: root}
        for node in list(nodes):
            parts = node.path.split("/")
            if parts[0] == "cells" and parts[-1] == "CellInfo":
                roots[parts[1]] = topodata_pb2.CellInfo.FromString(node.value).root
        for cell, place in roots.items():
            if cell != GLOBAL and place:
                nodes.extend(reader.below(cell, place))
        return Snapshot(member.shown, reader.revision, roots, tuple(nodes), stale)


class _Reader:
    """All pages of one moment: the revision of the first answer is that of the others."""

    def __init__(self, client: EtcdClient, seconds: float, serializable: bool) -> None:
        self._client, self._seconds, self._serializable = client, seconds, serializable
        self.revision = 0

    def below(self, cell: str, root: str) -> Iterator[Node]:
        """The records below a root, by path."""
        prefix = f"{root.rstrip('/')}/".encode()
        key, more = prefix, True
        while more:
            answer = self._client.range(self._request(key, prefix), self._seconds)
            self.revision = self.revision or answer.header.revision
            for pair in answer.kvs:
                path = pair.key[len(prefix) :].decode("utf-8", "replace")
                yield Node(cell, path, pair.mod_revision, pair.value, pair.lease)
            more = answer.more
            key = answer.kvs[-1].key + b"\0" if answer.kvs else key

    def _request(self, key: bytes, prefix: bytes) -> etcd_pb2.RangeRequest:
        return etcd_pb2.RangeRequest(
            key=key,
            range_end=prefix_end(prefix),
            limit=PAGE,
            revision=self.revision,
            serializable=self._serializable,
        )
