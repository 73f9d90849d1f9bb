"""A cell's record: registered or corrected, as the stage `cells` of `up` does."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.doctor.examined import Case
from vitessctl.run.context import Context
from vitessctl.status.catalogue import Finding
from vitessctl.targets.ground import Ground
from vitessctl.vtctld.records import CellRecord


def refusal(case: Case, findings: Sequence[Finding], subject: str) -> str:
    """Nothing keeps it back."""
    return ""


def mend(context: Context, ground: Ground, case: Case, subject: str) -> str:
    """Give it the spec's address and root."""
    cell = context.cluster.cell(subject.removeprefix("cell "))
    wanted = CellRecord(cell.name, context.topology_address, cell.root)
    if context.vtctld.cell(cell.name) is None:
        context.vtctld.add_cell(wanted)
        return f"registered cell {cell.name} at {wanted.root}"
    context.vtctld.update_cell(wanted)
    return f"set the record of cell {cell.name} to {wanted.server_address}, root {wanted.root}"
