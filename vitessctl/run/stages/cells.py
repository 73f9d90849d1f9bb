"""Cells: each registered with the address and root that the spec gives it.

A vttablet, vtgate or vtorc whose cell has no record dies at start (Vitess 24), so this comes first.
"""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.run.context import Context
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Verdict
from vitessctl.vtctld.records import CellRecord


def converge(context: Context) -> Verdict:
    """Registers what is missing and repairs what differs."""
    for cell in context.cluster.cells:
        wanted = CellRecord(cell.name, context.topology_address, cell.root)
        found = context.vtctld.cell(cell.name)
        if found is None:
            context.vtctld.add_cell(wanted)
            context.acted("cells", f"registered cell {cell.name} at {wanted.root}", True)
        elif found != wanted:
            context.vtctld.update_cell(wanted)
            context.acted("cells", f"repaired cell {cell.name}: {_difference(found, wanted)}", True)
    return Verdict.done(", ".join(cell.name for cell in context.cluster.cells))


def foresee(context: Context) -> Iterator[str]:
    """Each cell that is missing or differs."""
    for cell in context.cluster.cells:
        wanted = CellRecord(cell.name, context.topology_address, cell.root)
        found = context.vtctld.cell(cell.name)
        if found is None:
            yield f"register cell {cell.name} at {wanted.root}"
        elif found != wanted:
            yield f"repair cell {cell.name}: {_difference(found, wanted)}"


def _difference(found: CellRecord, wanted: CellRecord) -> str:
    parts = []
    if found.server_address != wanted.server_address:
        parts.append(f"address {found.server_address or 'none'} is now {wanted.server_address}")
    if found.root != wanted.root:
        parts.append(f"root {found.root or 'none'} is now {wanted.root}")
    return ", ".join(parts)


STAGE = Stage("cells", ("vtctld",), "the cells", converge, foresee=foresee)
