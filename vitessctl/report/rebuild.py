"""What a rebuild is about to do, and how it went: for a person, and for programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from vitessctl.heal.rebuilding import Rebuilt
from vitessctl.heal.ways import Rebuild, Way
from vitessctl.report.unserved import unserved_lines
from vitessctl.spec.words import counted

WAYS = {
    Way.BINLOGS: "starts empty and copies everything from the binary logs of {donor}",
    Way.CLONE: "starts empty and clones {donor}",
    Way.BACKUP: "starts empty and restores a backup that is taken of {donor} now",
}


def wanted_lines(wanted: Rebuild) -> Iterator[str]:
    """What the tablet has, what is done to it and why so."""
    yield f"{wanted.alias} of {wanted.shard} {wanted.holds}."
    yield f"It {WAYS[wanted.way].format(donor=wanted.donor)}: {wanted.why}."
    for note in wanted.notes:
        yield f"note: {note}"
    for hazard in wanted.hazards:
        yield f"! {hazard.what}"


def wanted_data(wanted: Rebuild) -> dict[str, Any]:
    """The same as a JSON object."""
    return {
        "type": "rebuild",
        "alias": wanted.alias,
        "shard": wanted.shard,
        "holds": wanted.holds,
        "way": wanted.way.value,
        "why": wanted.why,
        "donor": wanted.donor,
        "notes": list(wanted.notes),
        "hazards": [hazard.what for hazard in wanted.hazards],
    }


def rebuilt_lines(done: Rebuilt) -> Iterator[str]:
    """What came of it."""
    held = f"{counted(done.transactions, 'transaction')} and {counted(done.tables, 'table')}"
    yield f"{done.alias} has everything that its primary has ({held}) and replicates, after {done.seconds:.0f} s"
    yield from unserved_lines(done.unserved)


def rebuilt_data(done: Rebuilt) -> dict[str, Any]:
    """The same as a JSON object."""
    return {"type": "rebuilt", **dataclasses.asdict(done), "way": done.way.value, "seconds": round(done.seconds, 3)}
