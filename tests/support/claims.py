"""Ports for a live cluster that no other has at the same time, whichever test and whichever process runs it.

Linux knows no way to reserve a port for a program that is started later. So what is claimed are names of blocks of a
hundred ports, each an abstract Unix socket: only one process can bind it, and the kernel frees it with the process.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable
from pathlib import Path

from vitessctl.model.build import build
from vitessctl.model.ports import DEFAULT_BASE_PORT, tablet_ports
from vitessctl.spec import load

BLOCK = 100
USUAL = 1200
"""Offsets below are any cluster's: all but its tablets, and tablets with UIDs below 230, as tests add them with -e.
Base ports are as far from each other, so that many clusters find room."""
LOWEST, HIGHEST = 10000, 32768
_SOMEBODYS = frozenset((DEFAULT_BASE_PORT + offset) // BLOCK for offset in range(USUAL))
"""Left to the cluster that a developer has on this machine."""
_claims: dict[int, list[socket.socket]] = {}


def claimed_base_port(inventory: Path | None = None) -> int:
    """A base port such that nobody else claims or listens on a port of this cluster, until `give_back` or the end.

    An inventory that gives its tablets no UIDs has ports far from the base: they follow from the names of its shards.
    """
    offsets = offsets_of(inventory)
    bases = range(LOWEST, HIGHEST - max(offsets) - BLOCK, USUAL)
    for base in random.sample(bases, len(bases)):
        blocks = {(base + offset) // BLOCK for offset in offsets}
        claim = _claim(blocks) if blocks.isdisjoint(_SOMEBODYS) else []
        if claim and all(_is_free(base + offset) for offset in offsets):
            _claims[base] = claim
            return base
        _close(claim)
    raise RuntimeError("no free range of ports found")


def give_back(base: int) -> None:
    """Let others have the ports of this base, if they were claimed here."""
    _close(_claims.pop(base, []))


def offsets_of(inventory: Path | None = None) -> frozenset[int]:
    """How far from its base the ports of a cluster are: of its tablets, and what tests may add to it."""
    usual = frozenset(range(USUAL))
    if inventory is None:
        return usual
    shards = [shard for keyspace in build(load(inventory)).keyspaces for shard in keyspace.shards]
    uids = [tablet.uid for shard in shards for tablet in shard.tablets]
    return usual.union(*(tablet_ports(0, uid) for uid in uids))


def _claim(blocks: Iterable[int]) -> list[socket.socket]:
    """All of the blocks, or none."""
    found: list[socket.socket] = []
    for block in sorted(blocks):
        name = socket.socket(socket.AF_UNIX)
        found.append(name)
        try:
            name.bind(f"\0vitessctl-tests-ports-{block}")
        except OSError:
            _close(found)
            return []
    return found


def _close(claim: Iterable[socket.socket]) -> None:
    for name in claim:
        name.close()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0
