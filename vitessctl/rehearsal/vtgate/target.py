"""What a client chose: `keyspace`, `keyspace@replica`, `keyspace:-80@primary`, `keyspace/-80`."""

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


def parse_target(text: str, knows_primary: bool = True) -> Target | None:
    """The target that a text names, None if it names none; until release 11 nothing is called `primary`."""
    match = _SHAPE.match(text.strip("`"))
    word = (match["type"] or "").lower() if match else ""
    tablet_type = TYPES.get(word or PRIMARY)
    if match is None or tablet_type is None or (word == PRIMARY and not knows_primary):
        return None
    return Target(match["keyspace"], match["shard"] or "", tablet_type)


def target_without_type(text: str) -> Target:
    """What vtgate of 2.1 makes of the name of a database: a keyspace, perhaps a shard, and always the primary.

    A tablet type becomes part of the one or the other, and is missed only by the first statement (seen with 2.1.1).
    """
    keyspace, found, shard = re.match(r"(?s)(.*?)(?:([/:])([^/:]*))?$", text).groups()  # type: ignore[union-attr]
    return Target(keyspace, shard if found else "")
