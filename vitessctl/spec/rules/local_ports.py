"""On one machine all cells and tablets share the ports, which follow from names and UIDs and can meet.

Kubernetes gives every pod its own address; these rules are not asked for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.model.naming import cell_number, local_tablet_slot, tablet_alias
from vitessctl.model.ports import DEFAULT_BASE_PORT, tablet_ports, vtgate_ports
from vitessctl.spec.node import Path
from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.rules.uids import free_uid, tablets_of
from vitessctl.spec.view import PoolView, View


def cells_have_own_ports(view: View) -> Iterator[Finding]:
    """A cell's number is the one its name ends with; two cells need two."""
    base = view.spec.get("local", "base_port", default=DEFAULT_BASE_PORT)
    numbers: dict[int, str] = {}
    for cell in view.cells:
        number = cell_number(cell)
        other = numbers.setdefault(number, cell)
        if other != cell:
            yield finding(
                view,
                ("cells", cell),
                f"cells {other} and {cell} get the same ports on one machine",
                why=f"both have the number {number}, so both vtgates would listen on {vtgate_ports(base, cell).mysql}",
                fix="let the names end with different numbers, like zone1 and zone2",
                at_key=True,
            )


def tablets_have_own_ports(view: View) -> Iterator[Finding]:
    """A tablet's ports follow from its UID; two UIDs can have the same."""
    base = view.spec.get("local", "base_port", default=DEFAULT_BASE_PORT)
    slots: dict[int, tuple[PoolView, int]] = {}
    reported: set[tuple[Path, Path]] = set()
    every = list(tablets_of(view))
    taken = {local_tablet_slot(uid) for _, _, uid in every}
    for pool, _, uid in every:
        owner, owners_uid = slots.setdefault(local_tablet_slot(uid), (pool, uid))
        if owners_uid == uid or (owner.path, pool.path) in reported:
            continue
        reported.add((owner.path, pool.path))
        yield finding(
            view,
            (*pool.path, "uid"),
            f"tablets {tablet_alias(owner.cell, owners_uid)} and {tablet_alias(pool.cell, uid)} "
            "get the same ports on one machine",
            why=f"both would listen on {tablet_ports(base, uid).http}; ports follow from the UID, and these two meet",
            fix=f"give this pool a uid: of its own, such as {free_uid(taken, pool.tablets)}",
        )
