"""Schema and VSchema that the spec declares: what is missing or differs, where nothing can be lost by it.

What loses something (a column, an index, a narrower type, a table's vindexes) is left as it is and named:
`vitessctl schema apply` and `vitessctl vschema apply` do it, when it was allowed by name.
"""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.model.cluster import Keyspace
from vitessctl.run.context import Context
from vitessctl.run.declared import (
    change_schema,
    change_vschema,
    look_at_schema,
    look_at_vschema,
    sentences,
    strange_statement,
)
from vitessctl.run.stage import LeftUndone, Stage
from vitessctl.schema.difference import Difference
from vitessctl.schema.drift import KeyspaceDrift
from vitessctl.schema.vschema import VSchemaDrift
from vitessctl.targets.base import Verdict

FORESEEING_SECONDS = 3.0
"""What a tablet gets to name its tables for a plan."""
_DONE = {"create": "created", "alter": "altered"}


def converge(context: Context) -> Verdict:
    """Sets a VSchema that differs, then makes the tables that are missing and changes those that differ."""
    for keyspace in context.cluster.keyspaces:
        if strange := strange_statement(keyspace):
            return _not_a_table(keyspace, strange)
    left: list[str] = []
    for keyspace in context.cluster.keyspaces:
        if keyspace.vschema and _converge_vschema(context, keyspace).held:
            left.append("vitessctl vschema diff")
        if keyspace.schema:
            drift = _converge_tables(context, keyspace)
            if again := drift.safe():
                return _shown_otherwise(keyspace, again[0])
            if not drift.is_empty:
                left.append("vitessctl schema diff")
    shown = " and ".join(dict.fromkeys(left))
    return Verdict.done(f"as declared, but for what would lose something: {shown} shows it" if left else "as declared")


def foresee(context: Context) -> Iterator[str | LeftUndone]:
    """Each VSchema that differs, what is done to tables, and what is held back of both."""
    existing = {keyspace.name for keyspace in context.vtctld.keyspaces()}
    for keyspace in context.cluster.keyspaces:
        there = keyspace.name in existing
        if keyspace.vschema:
            yield from _foresee_vschema(context, keyspace, there)
        if keyspace.schema:
            drift = look_at_schema(context.vtctld, keyspace, FORESEEING_SECONDS, there=there)
            for verb, rest in sentences(drift.safe()):
                yield f"{verb} in {keyspace.name}: {rest}"
            yield from (LeftUndone(text) for text in held_back(drift))


def _foresee_vschema(context: Context, keyspace: Keyspace, there: bool) -> Iterator[str | LeftUndone]:
    drift = look_at_vschema(context.vtctld, keyspace) if there else None
    if drift is None or drift.changes_safely:
        yield f"set the VSchema of {keyspace.name}"
    for held in drift.held if drift else ():
        remedy = f"vitessctl vschema apply {keyspace.name} does it"
        yield LeftUndone(f"the VSchema of {keyspace.name} is not wholly as declared: {held}; {remedy}")


def held_back(drift: KeyspaceDrift) -> Iterator[str]:
    """A sentence for each difference that up leaves as it is, and for what cannot be compared."""
    for difference in drift.differences():
        if difference.held:
            yield (
                f"{drift.keyspace}.{difference.table} differs: {difference.what} is left undone, as {difference.held}; "
                f"vitessctl schema apply {drift.keyspace} does it"
            )
    yield from (f"{drift.keyspace}: {text}" for text in drift.unreadable())


def _not_a_table(keyspace: Keyspace, statement: str) -> Verdict:
    begin = " ".join(statement.split()[:3])
    return Verdict.doomed(
        f"the schema of {keyspace.name} has a statement that creates no table: {begin} …",
        "Leave only CREATE TABLE statements in it, and run the others through vtgate. Nothing was changed.",
    )


def _converge_tables(context: Context, keyspace: Keyspace) -> KeyspaceDrift:
    """Changes, and looks again: what MySQL then still shows otherwise would be changed at each run, for nothing."""
    drift = look_at_schema(context.vtctld, keyspace)
    wanted = drift.safe()
    if not wanted:
        return drift
    change_schema(context.vtctld, drift, wanted)
    for verb, rest in sentences(wanted):
        context.acted("schema", f"{_DONE[verb]} in {keyspace.name}: {rest}", True)
    return look_at_schema(context.vtctld, keyspace)


def _shown_otherwise(keyspace: Keyspace, left: Difference) -> Verdict:
    return Verdict.doomed(
        f"{left.what} of {keyspace.name}.{left.table} was done, but MySQL shows it otherwise: "
        f"declared {left.after or 'nothing'}, there {left.before or 'nothing'}",
        "Declare it as MySQL shows it.",
    )


def _converge_vschema(context: Context, keyspace: Keyspace) -> VSchemaDrift:
    drift = look_at_vschema(context.vtctld, keyspace)
    if drift.changes_safely:
        change_vschema(context.vtctld, keyspace.name, drift.safe)
        context.acted("schema", f"set the VSchema of {keyspace.name}", True)
    return drift


def applies(context: Context) -> bool:
    """Only where the spec declares one."""
    return any(keyspace.schema or keyspace.vschema for keyspace in context.cluster.keyspaces)


STAGE = Stage("schema", ("replication",), "the declared schema", converge, applies, foresee=foresee)
