"""Pods that hang: freed where that is proven to be safe, see targets/kubernetes/jams.py."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.doctor.examined import Case
from vitessctl.run.context import Context
from vitessctl.status.catalogue import Finding
from vitessctl.targets.ground import Ground, Jam


def refusal(case: Case, findings: Sequence[Finding], subject: str) -> str:
    """Of one that lives to be deleted: also that it leads, as `up` gives its role away first."""
    jam = jam_of(case, subject)
    if jam is None:
        return "it could not be looked at closely"
    if not jam.leaving and any(shard.primary == jam.subject for shard in case.view.shards()):
        return "it leads its shard; vitessctl up gives its role away first"
    return jam.refusal


def jam_of(case: Case, subject: str) -> Jam | None:
    """What is known of a pod that hangs."""
    return next((jam for jam in case.examined.jams if jam.label == subject), None)


def free(context: Context, ground: Ground, case: Case, subject: str) -> str:
    """In its way."""
    jam = jam_of(case, subject)
    assert jam is not None, "what is not known is refused"
    return ground.free(jam)
