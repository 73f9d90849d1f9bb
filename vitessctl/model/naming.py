"""Names and numbers that follow from the spec alone.

Each is a function of the thing's own identity, never of its position, so adding or removing a cell, a
keyspace, a shard or a tablet does not rename or renumber anything else. The price is that two identities
can meet on one number; the rules of the spec find that and ask for a `uid`.
"""

from __future__ import annotations

import re

TABLETS_PER_BLOCK = 100
_BLOCKS = 2**32 // TABLETS_PER_BLOCK - 1
LOCAL_TABLET_SLOTS = 5000
CELL_NUMBERS = 100
APPLICATION_NUMBERS = 70


def _stable_hash(*parts: str) -> int:
    import hashlib  # takes a while, and a spec that chooses its UIDs needs no hash

    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big")


def tablet_block(cell: str, keyspace: str, shard: str, tablet_type: str, pool: str) -> int:
    """The first UID of a pool of tablets; the pool's tablets follow it. A multiple of 100, below 2**32."""
    return (1 + _stable_hash(cell, keyspace, shard, tablet_type, pool) % _BLOCKS) * TABLETS_PER_BLOCK


def tablet_alias(cell: str, uid: int) -> str:
    """The alias as Vitess writes it: the cell and the UID in ten digits."""
    return f"{cell}-{uid:010d}"


def local_tablet_slot(uid: int) -> int:
    """Where a tablet's ports are on one machine: a number below 5000 that follows from its UID."""
    if uid < LOCAL_TABLET_SLOTS:
        return uid
    block, index = divmod(uid, TABLETS_PER_BLOCK)
    return (_stable_hash("slot", str(block)) + index) % LOCAL_TABLET_SLOTS


def cell_number(name: str) -> int:
    """A cell's place among the ports of one machine: the number its name ends with, else a hash; below 100."""
    match = re.search(r"(\d{1,2})$", name)
    return int(match[1]) if match else _stable_hash("cell", name) % CELL_NUMBERS


def application_number(name: str) -> int:
    """An application's place among the ports of one machine: a number below 70 that follows from its name."""
    return _stable_hash("application", name) % APPLICATION_NUMBERS


def safe_shard(shard: str) -> str:
    """A shard's name where a dash at an end is not allowed, as vitess-operator writes it: `-80` is `x-80`."""
    if "-" not in shard:
        return shard
    start, end = shard.split("-", 1)
    return f"{start or 'x'}-{end or 'x'}"
