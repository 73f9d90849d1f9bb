"""Names in the topology: aliases, shards, key ranges, times, and what a name may hold."""

from __future__ import annotations

import re
import string
import time
from typing import TYPE_CHECKING, Final, cast

from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vttime_pb2 as vttime

if TYPE_CHECKING:
    from vitessctl.releases import Release

NAME_CHARACTERS: Final = frozenset(string.ascii_letters + string.digits + "-_")
LONGEST_NAME: Final = 64


class Refused(Exception):
    """A call that Vitess refuses; str() is its text."""


def alias_text(alias: topodata.TabletAlias) -> str:
    """`zone1-0000000100`; "" for an alias that is not set."""
    return f"{alias.cell}-{alias.uid:010d}" if alias.cell else ""


def parse_alias(text: str) -> topodata.TabletAlias:
    """The alias that a text stands for. Refused as Vitess words it."""
    match = re.fullmatch(r"([-_.a-zA-Z0-9]+)-([0-9]+)", text)
    if match is None:
        pattern = "^(?P<cell>[-_.a-zA-Z0-9]+)-(?P<uid>[0-9]+)$"
        raise Refused(f"invalid tablet alias: '{text}', expecting format: '{pattern}'")
    return topodata.TabletAlias(cell=match[1], uid=int(match[2]))


_ALIAS_WORDS: Final = (
    ("..2.1", "invalid tablet alias: {0}"),
    ("2.2..10", "invalid tablet alias: '{0}', expecting format: '<cell>-<uid>'"),
)
"""How releases refuse a word that is no alias; from 11 on as `parse_alias` does."""


def alias_of_release(text: str, release: Release) -> topodata.TabletAlias:
    """The same, refused in the release's words."""
    try:
        return parse_alias(text)
    except Refused:
        for range_, words in _ALIAS_WORDS:
            if release.within(range_):
                raise Refused(words.format(text)) from None
        raise


def alias_proto_text(alias: topodata.TabletAlias) -> str:
    """`cell:"zone1" uid:102`, as some error texts have it."""
    return f'cell:"{alias.cell}" uid:{alias.uid}'


def type_name(number: topodata.TabletType) -> str:
    """`PRIMARY`, `REPLICA` …"""
    return topodata.TabletType.Name(number)


def type_number(name: str) -> topodata.TabletType:
    """The type of a name in any case; `master` is `primary`. KeyError if there is none."""
    upper = name.upper()
    try:
        return cast(topodata.TabletType, topodata.TabletType.Value("PRIMARY" if upper == "MASTER" else upper))
    except ValueError:
        raise KeyError(name) from None


def check_name(name: str) -> None:
    """Refuse a keyspace or shard name that Vitess (17 and later) refuses."""
    if not name:
        raise Refused("empty name")
    if len(name) > LONGEST_NAME:
        raise Refused(f"name {name} is too long")
    for character in name:
        if character not in NAME_CHARACTERS:
            raise Refused(f"invalid character {character} in name {name}")


ANY_NAME: Final = "..16"
"""Until here a keyspace may be called anything."""


def key_range(shard: str, any_name: bool = False) -> topodata.KeyRange | None:
    """The key range of a shard's name, None for one without a dash. Refused if it is no range."""
    if not any_name:
        check_name(shard)
    if "-" not in shard:
        return None
    parts = shard.split("-")
    if len(parts) != 2:
        raise Refused(f"invalid shardId, can only contain one '-': {shard}")
    start, end = (_key(part) for part in parts)
    if end and start >= end:
        raise Refused(f"out of order keys: {start.hex()} is not strictly smaller than {end.hex()}")
    return topodata.KeyRange(start=start, end=end)


def overlap(one: topodata.KeyRange | None, other: topodata.KeyRange | None) -> bool:
    """Whether two shards share keys; a shard without a range has them all."""
    if one is None or other is None:
        return True
    return (not one.end or other.start < one.end) and (not other.end or one.start < other.end)


def now() -> vttime.Time:
    """The present."""
    return from_nanoseconds(time.time_ns())


def from_nanoseconds(nanoseconds: int) -> vttime.Time:
    """A point in time."""
    return vttime.Time(seconds=nanoseconds // 10**9, nanoseconds=nanoseconds % 10**9)


def nanoseconds_of(moment: vttime.Time) -> int:
    """Nanoseconds since the epoch; 0 for a time that was never set."""
    return moment.seconds * 10**9 + moment.nanoseconds


def _key(text: str) -> bytes:
    try:
        return bytes.fromhex(text if len(text) % 2 == 0 else text + "0")
    except ValueError:
        bad = next(character for character in text if character not in string.hexdigits)
        raise Refused(f"encoding/hex: invalid byte: U+{ord(bad):04X} '{bad}'") from None
