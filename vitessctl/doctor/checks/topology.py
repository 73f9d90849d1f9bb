"""The address in a cell's record, which every server of the cell goes by. Its root is a finding of `status`.

Where it is wrong vtctld hangs as soon as it is asked for tablets, so that `status` sees nothing of the topology.
"""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.doctor.catalogue import finding
from vitessctl.doctor.examined import Case
from vitessctl.status.catalogue import Finding


def findings(case: Case) -> Iterator[Finding]:
    """Of each cell that is registered."""
    for cell in case.view.cluster.cells:
        found = case.examined.cells.get(cell.name)
        if found is not None and found.server_address != case.topology_address:
            address = found.server_address or "(none)"
            yield finding("cell-address", f"cell {cell.name}", address=address, wanted=case.topology_address)
