"""Errors as vtgate words them, with the number that a MySQL client sees."""

from __future__ import annotations

import re

from vitessctl.rehearsal.tablet_rpc import TabletError

UNKNOWN = 1105
NOT_IN_A_REHEARSAL = 1235
_ERRNO = re.compile(r"\(errno (\d+)\) \(sqlstate (\w{5})\)")


class GateError(Exception):
    """A statement that failed: MySQL's number, its SQL state, and the text."""

    def __init__(self, text: str, number: int = UNKNOWN, state: str = "HY000") -> None:
        super().__init__(text)
        self.text = text
        self.number = number
        self.state = state


def no_tablet(keyspace: str, shard: str, tablet_type: str) -> GateError:
    """Nobody of that type serves the shard."""
    wanted = f'keyspace:"{keyspace}" shard:"{shard}" tablet_type:{tablet_type.upper()}'
    return GateError(f"target: {keyspace}.{shard}.{tablet_type}: no healthy tablet available for '{wanted}'")


def from_tablet(error: TabletError, keyspace: str, shard: str, tablet_type: str) -> GateError:
    """What a tablet answered; its MySQL number becomes the client's where the text has one."""
    text = f"target: {keyspace}.{shard}.{tablet_type}: vttablet: rpc error: code = {error.code} desc = {error.text}"
    match = _ERRNO.search(error.text)
    return GateError(text, int(match[1]), match[2]) if match else GateError(text)


def unknown_database(name: str) -> GateError:
    """A keyspace that there is not."""
    return GateError(f"VT05003: unknown database '{name}' in vschema", 1049, "42000")


def no_database() -> GateError:
    """Nothing was chosen, and there is more than one keyspace, or none."""
    return GateError(
        "VT09005: no database selected: use keyspace<:shard><@type> or keyspace<[range]><@type>", 1046, "3D000"
    )


def not_here(what: str) -> GateError:
    """The stand-in cannot do it. The words say who is to blame: the rehearsal, not Vitess."""
    return GateError(
        f"REHEARSAL: the stand-in vtgate cannot route {what} over shards; real Vitess may. "
        "Name one shard with USE keyspace:shard, or fix the primary vindex column to a value.",
        NOT_IN_A_REHEARSAL,
        "42000",
    )
