"""Differences of tables and VSchemas, for a person and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vitessctl.schema.difference import Difference, statements
from vitessctl.schema.drift import KeyspaceDrift
from vitessctl.schema.vschema import VSchemaDrift

_MARKS = {"create": "+", "add": "+", "change": "~", "set": "~", "drop": "-"}


def lines(drifts: Sequence[KeyspaceDrift]) -> Iterator[str]:
    """Keyspace by keyspace, table by table."""
    if not drifts:
        yield "No keyspace of the spec declares a schema."
    for drift in drifts:
        yield f"{drift.keyspace}: {'as declared' if drift.is_empty else 'differs'}"
        for table in dict.fromkeys(each.table for each in drift.differences()):
            yield f"  {table}"
            for each in drift.differences():
                if each.table == table:
                    yield from _difference(each, drift)
        for text in drift.unreadable():
            yield f"  ? {text}"
        for table in drift.undeclared():
            yield f"  {table} is not in the spec; it stays"


def _difference(each: Difference, drift: KeyspaceDrift) -> Iterator[str]:
    names = drift.where(each)
    where = "" if len(names) == len(drift.shards) else f"  (only in {', '.join(names)})"
    yield f"    {_MARKS[each.what.split()[0]]} {each.what}{where}"
    if not each.is_whole:
        if each.before:
            yield f"        there:    {_short(each.before)}"
        if each.after:
            yield f"        declared: {_short(each.after)}"
    if each.held:
        yield f"        ! destructive: {each.held}"


def _short(text: str, most: int = 160) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def sql_lines(drifts: Sequence[KeyspaceDrift]) -> Iterator[str]:
    """The statements, each with a semicolon, under a comment that names the keyspace and what is lost."""
    for drift in drifts:
        if drift.differences():
            yield f"-- {drift.keyspace}"
        for each in drift.differences():
            if each.held:
                yield f"-- {each.table}: {each.what}: {each.held}"
        yield from (f"{statement};" for statement in statements(drift.differences()))


def data(drift: KeyspaceDrift) -> dict[str, Any]:
    """As JSON; field names are part of the interface."""
    return {
        "keyspace": drift.keyspace,
        "differs": not drift.is_empty,
        "differences": [
            {
                "table": each.table,
                "what": each.what,
                "there": each.before,
                "declared": each.after,
                "destructive": each.held,
                "shards": list(drift.where(each)),
            }
            for each in drift.differences()
        ],
        "statements": list(statements(drift.differences())),
        "undeclared": list(drift.undeclared()),
        "not_compared": list(drift.unreadable()),
    }


def vschema_lines(drifts: Mapping[str, VSchemaDrift]) -> Iterator[str]:
    """A unified diff a keyspace, and what is held back."""
    if not drifts:
        yield "No keyspace of the spec declares a VSchema."
    for name, drift in drifts.items():
        yield f"{name}: {'as declared' if drift.is_empty else 'differs'}"
        yield from (f"  {line}" for line in drift.lines())
        yield from (f"  ! destructive: {text}" for text in drift.held)


def vschema_data(name: str, drift: VSchemaDrift) -> dict[str, Any]:
    """As JSON; field names are part of the interface."""
    return {
        "keyspace": name,
        "differs": not drift.is_empty,
        "there": drift.found,
        "declared": drift.wanted,
        "destructive": list(drift.held),
    }
