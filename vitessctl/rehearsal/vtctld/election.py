"""Positions of tablets, and who of several is the furthest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vitessctl.model.gtid import GtidSet, parse_gtid_set
from vitessctl.rehearsal.tablet_rpc import ReplicationStatus, TabletError


@dataclass(frozen=True)
class Position:
    """What a tablet has: `received` also counts what waits in its relay log."""

    executed: GtidSet
    received: GtidSet

    def at_least(self, other: Position) -> bool:
        """Whether nothing that the other received is missing here."""
        return self.received.contains(other.received)


EMPTY = Position(parse_gtid_set(""), parse_gtid_set(""))


def executed(text: str) -> Position:
    """The position of a tablet that does not replicate."""
    gtids = parse_gtid_set(text)
    return Position(gtids, gtids)


def replicated(status: ReplicationStatus) -> Position:
    """The position of a replica. Its relay log counts together with what it has executed."""
    done = parse_gtid_set(status["position"])
    relay = parse_gtid_set(status["relay_position"])
    return Position(done, relay if relay.contains(done) else done)


def not_a_replica(error: TabletError) -> bool:
    """Whether a tablet said that it has no replication source at all."""
    return "(errno 100)" in error.text


def furthest_first(positions: Mapping[str, Position]) -> list[str]:
    """Aliases, the one with the most transactions first; equal ones by what they executed, then by alias.

    Whoever contains all others comes first if anyone does; whether someone does is for the caller to check.
    """

    def key(alias: str) -> tuple[int, int, str]:
        position = positions[alias]
        return -position.received.count(), -position.executed.count(), alias

    return sorted(positions, key=key)
