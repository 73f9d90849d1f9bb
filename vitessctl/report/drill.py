"""What a drill is about to do, and how it went: for a person, and for programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from vitessctl.drills.outcomes import Outage
from vitessctl.drills.report import Report
from vitessctl.drills.rows import Rows
from vitessctl.drills.wanted import Wanted
from vitessctl.report.columns import columns
from vitessctl.spec.words import counted

ERRORS = 4
"""How many kinds of errors the screen shows; JSON has them all."""
NAMES = 4


def wanted_lines(wanted: Wanted) -> Iterator[str]:
    """What is about to be done."""
    yield f"{wanted.drill.name.value} on {wanted.shard.path}: {wanted.drill.sentence(wanted.target)}."
    for each in wanted.victims:
        yield f"  - {each.label}{f' on node {each.node}' if each.node else ''}"
    yield (
        f"Rows are written to a table of its own, {wanted.shard.keyspace}.{wanted.table}, and read all along; then it "
        "is dropped."
    )
    for note in wanted.notes:
        yield f"! {note}"


def wanted_data(wanted: Wanted) -> dict[str, Any]:
    """The same as a JSON object."""
    return {
        "type": "drill",
        "drill": wanted.drill.name.value,
        "shard": wanted.shard.path,
        "primary": wanted.primary,
        "does": wanted.drill.sentence(wanted.target),
        "victims": [each.label for each in wanted.victims],
        "table": f"{wanted.shard.keyspace}.{wanted.table}",
        "timeout_seconds": wanted.seconds,
        "notes": list(wanted.notes),
    }


def report_lines(report: Report) -> Iterator[str]:
    """How it went, on one screen."""
    yield ""
    yield f"{report.drill.value} on {report.shard}, killed at {report.began}"
    yield ""
    yield from (f"  {line}" for line in columns([(f"+{at:.1f} s", text) for at, text in timeline(report)]))
    yield ""
    clients = {"writes": report.writes, **{f"reads at {name}": each for name, each in report.reads.items()}}
    rows = [(name, *_outage_cells(each)) for name, each in clients.items()]
    yield from (f"  {line}" for line in columns([("", "longest outage", "in all", "tries", "failed"), *rows]))
    yield ""
    yield from _errors(clients)
    yield from (f"  {line}" for line in _rows(report.rows))
    if report.table_kept:
        yield f"  the table {report.table} is still there: {report.table_kept}"


def timeline(report: Report) -> list[tuple[float, str]]:
    """What happened when, in seconds from the kill."""
    killed = ", ".join(report.killed[:NAMES]) + (" and more" if len(report.killed) > NAMES else "")
    found: list[tuple[float | None, str]] = [
        (0.0, f"killed {killed or 'nothing'}"),
        (report.writes.first_failure, "the first write failed"),
        (report.promoted, f"{report.new_primary} leads"),
        (report.writes.last_failure, "the last write failed"),
        (report.kill_seconds if report.kill_seconds >= 1 else None, "the last of them was killed"),
        (report.healed, "healed: all is back and well"),
    ]
    at = sorted(((when, text) for when, text in found if when is not None), key=lambda entry: entry[0])
    end = "nobody waited until it had healed" if report.interrupted else "NOT HEALED"
    return (
        at if report.healed is not None else [*at, (max(report.limit if not report.interrupted else 0, at[-1][0]), end)]
    )


def _outage_cells(outage: Outage) -> tuple[str, str, str, str]:
    if not outage.longest:
        return "none", "none", str(outage.tries), str(outage.failed)
    open_end = "" if outage.over else ", not over"
    return f"{outage.longest:.1f} s{open_end}", f"{outage.total:.1f} s", str(outage.tries), str(outage.failed)


def _errors(clients: dict[str, Outage]) -> Iterator[str]:
    told: dict[str, list[str]] = {}
    for name, outage in clients.items():
        for text, count in outage.errors:
            told.setdefault(text, []).append(f"{count} {name}")
    if not told:
        return
    yield "  what clients were told:"
    for text, counts in list(told.items())[:ERRORS]:
        yield f"    {text} ({', '.join(counts)})"
    if len(told) > ERRORS:
        yield f"    and {counted(len(told) - ERRORS, 'kind')} more"
    yield ""


def _rows(rows: Rows) -> Iterator[str]:
    said = f"{counted(rows.acknowledged, 'row')} acknowledged"
    if not rows.tablets:
        yield f"{said}; they were not counted"
        return
    asked = [each for each in rows.tablets if not each.unasked]
    if not rows.lost:
        yield f"{said}, none lost: each is there on {counted(len(asked), 'tablet')}"
    for each in rows.tablets:
        if each.missing:
            yield f"{said}, {len(each.missing)} LOST on {each.alias}{' (primary)' if each.leads else ''}"
        if each.unasked:
            yield f"{each.alias} was not asked: {each.unasked}"
    extra = max((each.extra for each in rows.tablets), default=0)
    if rows.unacknowledged:
        there = f"; {extra} of these {'is' if extra == 1 else 'are'} there anyway, which is no loss" if extra else ""
        tries = "try was" if rows.unacknowledged == 1 else "tries were"
        yield f"{rows.unacknowledged} {tries} not acknowledged{there}"


def report_data(report: Report) -> dict[str, Any]:
    """The same as a JSON object, complete."""
    return {
        "type": "drilled",
        "drill": report.drill.value,
        "shard": report.shard,
        "table": report.table,
        "table_kept": report.table_kept,
        "killed_at": report.began,
        "killed": list(report.killed),
        "kill_seconds": round(report.kill_seconds, 3),
        "writes": _outage_data(report.writes),
        "reads": {name: _outage_data(each) for name, each in report.reads.items()},
        "rows": {
            "acknowledged": report.rows.acknowledged,
            "unacknowledged": report.rows.unacknowledged,
            "lost": report.rows.lost,
            "proven": report.rows.proven,
            "tablets": [{**dataclasses.asdict(each), "missing": list(each.missing)} for each in report.rows.tablets],
        },
        "old_primary": report.old_primary,
        "new_primary": report.new_primary,
        "promoted_seconds": _rounded(report.promoted),
        "healed": report.healed is not None,
        "healed_seconds": _rounded(report.healed),
        "timeout_seconds": report.limit,
        "not_back": list(report.gone),
        "findings": [
            {"id": each.id, "subject": each.subject, "text": each.text, "remedy": each.remedy} for each in report.left
        ],
        "interrupted": report.interrupted,
        "notes": list(report.notes),
        "exit_code": int(report.exit_code),
    }


def _outage_data(outage: Outage) -> dict[str, Any]:
    return {
        "tries": outage.tries,
        "failed": outage.failed,
        "longest_outage_seconds": round(outage.longest, 3),
        "total_outage_seconds": round(outage.total, 3),
        "first_failure_seconds": _rounded(outage.first_failure),
        "last_failure_seconds": _rounded(outage.last_failure),
        "over": outage.over,
        "errors": [{"text": text, "count": count} for text, count in outage.errors],
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
