"""Records of the topology: what is missing, what is otherwise, what nobody wants. Nothing where it was not read."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.status.catalogue import Finding, finding
from vitessctl.status.view import View


def findings(view: View) -> Iterator[Finding]:
    """Cells, keyspaces, and tablets that are not in the spec."""
    if view.topology_known:
        yield from _cells(view)
        yield from _keyspaces(view)
        yield from _strangers(view)


def _cells(view: View) -> Iterator[Finding]:
    for cell in view.cluster.cells:
        found = view.observed.cells.get(cell.name)
        if found is None:
            yield finding("cell-missing", f"cell {cell.name}")
        elif found.root != cell.root:
            yield finding("cell-root", f"cell {cell.name}", root=found.root, wanted=cell.root)


def _keyspaces(view: View) -> Iterator[Finding]:
    for keyspace in view.cluster.keyspaces:
        subject, record = f"keyspace {keyspace.name}", view.observed.keyspaces.get(keyspace.name)
        if record is None:
            yield finding("keyspace-missing", subject)
        elif record.durability not in (None, keyspace.durability):
            durability = record.durability or "(none set)"
            yield finding("durability-differs", subject, durability=durability, wanted=keyspace.durability)
        if why := view.observed.shards_errors.get(keyspace.name):
            yield finding("shards-unreadable", subject, why=why)


def _strangers(view: View) -> Iterator[Finding]:
    """In a topology server that is not ours alone, only those that run here."""
    wanted = {tablet.alias for tablet in view.cluster.tablets()}
    for alias in sorted(view.observed.records.keys() - wanted):
        gone = view.gone("vttablet", alias)
        if not gone:
            yield finding("record-not-in-spec", alias)
        elif view.cluster.topology.managed:
            yield finding("record-orphan", alias, process=view.process)
