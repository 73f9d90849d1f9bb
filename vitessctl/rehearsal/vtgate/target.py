"""What a client chose with USE: `keyspace`, `keyspace@replica`, `keyspace:-80@primary`, `keyspace/-80`."""

from __future__ import annotations

import re
from dataclasses import dataclass

PRIMARY = "primary"
TYPES = {"primary": "primary", "master": "primary", "replica": "replica", "rdonly": "rdonly"}
_SHAPE = re.compile(r"^(?P<keyspace>[^:/@]*)(?:[:/](?P<shard>[^@]*))?(?:@(?P<type>\w+))?$")


@dataclass(frozen=True)
class Target:
    """Where statements go. An empty keyspace: none was chosen; an empty shard: whichever the rows are in."""

    keyspace: str = ""
    shard: str = ""
    tablet_type: str = PRIMARY


def parse_target(text: str) -> Target | None:
    """The target that a text names, None if it names none."""
    match = _SHAPE.match(text.strip("`"))
    tablet_type = TYPES.get((match["type"] or PRIMARY).lower()) if match else None
    if match is None or tablet_type is None:
        return None
    return Target(match["keyspace"], match["shard"] or "", tablet_type)
