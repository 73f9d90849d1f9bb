"""What stands in the way of the next `up`, pods that hang, and what could not be looked at."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.doctor.catalogue import finding
from vitessctl.doctor.examined import Case
from vitessctl.errors import VitessctlError
from vitessctl.status.catalogue import Finding

_AGAIN = "run the same command again"


def findings(case: Case) -> Iterator[Finding]:
    """Pods in Terminating are findings of `status`."""
    for fault in case.examined.preflight:
        yield _in_the_way(fault)
    for jam in case.examined.jams:
        if not jam.leaving:
            yield finding("pod-of-old-revision", jam.label, why=jam.why, pod=jam.label.replace("Pod/", "pod/"))
    for unseen in case.examined.unseen:
        if unseen.silent:
            yield finding("unanswered", "", what=unseen.what, why=unseen.why)
        else:
            yield finding("not-examined", "", what=unseen.what, why=unseen.why, how=unseen.fix or _AGAIN)


def _in_the_way(fault: VitessctlError) -> Finding:
    why = f": {fault.why}" if fault.why else ""
    return finding("in-the-way", str(fault.where or ""), what=fault.what, why=why, how=fault.fix or _AGAIN)
