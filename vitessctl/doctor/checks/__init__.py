"""The checks: each a module that gives findings of one sort, from what was examined. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vitessctl.doctor.checks import certificates, clocks, disks, ground, topology, versions
from vitessctl.doctor.examined import Case
from vitessctl.status.catalogue import Finding

CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    disks.findings,
    versions.findings,
    certificates.findings,
    topology.findings,
    clocks.findings,
    ground.findings,
)


def findings(case: Case) -> Iterator[Finding]:
    """Everything that the checks find. Of a cluster of which nothing runs, only what would keep it from coming up."""
    for check in (ground.findings,) if case.view.nothing_runs else CHECKS:
        yield from check(case)
