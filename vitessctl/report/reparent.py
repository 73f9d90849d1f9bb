"""What a reparent is about to do, and how it went: for a person, and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vitessctl.heal.choice import Mode, Reparent, says
from vitessctl.heal.reparenting import Done
from vitessctl.report.columns import columns
from vitessctl.report.unserved import unserved_lines
from vitessctl.spec.words import counted

WAYS = {
    Mode.PLANNED: "a planned reparent",
    Mode.EMERGENCY: "an emergency reparent",
    Mode.FIRST: "an election",
}


def choice_lines(wanted: Reparent) -> Iterator[str]:
    """Who leads, who could, and what is chosen with what may be lost."""
    yield f"{wanted.shard}: {WAYS[wanted.mode]}, as {wanted.why}."
    yield ""
    rows = [
        ("->" if each.alias == wanted.new else "", each.alias, str(each.transactions or "-"), says(each))
        for each in wanted.candidates
    ]
    for line in columns([("", "candidate", "transactions", "beside the others"), *rows]):
        yield f"  {line}"
    yield ""
    for hazard in wanted.hazards:
        yield f"! {hazard.what}"
    yield f"{wanted.new} is to lead {wanted.shard}."


def choice_data(wanted: Reparent) -> dict[str, Any]:
    """The same as a JSON object."""
    return {
        "type": "reparent",
        "shard": wanted.shard,
        "mode": wanted.mode.value,
        "why": wanted.why,
        "old": wanted.old,
        "new": wanted.new,
        "candidates": [
            {
                "alias": each.alias,
                "transactions": each.transactions,
                "lacks": str(each.lacks),
                "errant": str(each.errant),
                "unfit": each.unfit,
                "chosen": each.alias == wanted.new,
            }
            for each in wanted.candidates
        ],
        "hazards": [hazard.what for hazard in wanted.hazards],
    }


def done_lines(done: Done) -> Iterator[str]:
    """What came of it."""
    gap = "" if done.gap is None else f"; nobody took writes for {done.gap:.1f} s at most"
    copying = counted(len(done.replicas), "tablet")
    yield f"{done.primary} leads and takes writes, {copying} copying from it{gap}"
    for alias in done.silent:
        yield f"note: {alias} did not answer; when it is back, vtorc or vitessctl up makes it copy"
    yield from unserved_lines(done.unserved)


def done_data(done: Done) -> dict[str, Any]:
    """The same as a JSON object."""
    return {
        "type": "reparented",
        "primary": done.primary,
        "gap_seconds": None if done.gap is None else round(done.gap, 3),
        "replicas": list(done.replicas),
        "silent": list(done.silent),
        "unserved": done.unserved,
    }
