"""Who acknowledges a primary's writes, and so who may hold what a client was told is safe. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from vitessctl.model.cluster import Tablet

ALONE = "none"
"""The policy under which a primary waits for nobody."""


def acknowledgers(policy: str, primary: str, tablets: Iterable[Tablet]) -> tuple[Tablet, ...]:
    """The tablets whose acknowledgement lets a write of `primary` (an alias) go on: one is enough under each policy.

    Names of policies as Vitess has them (go/vt/vtctl/reparentutil/policy): `cross_cell` asks another cell,
    `…_with_rdonly_ack` takes rdonly tablets too. An unknown policy asks nobody.
    """
    base = policy.removesuffix("_with_rdonly_ack")
    home = primary.rpartition("-")[0]
    types = ("replica", "rdonly") if base != policy else ("replica",)
    if base not in ("semi_sync", "cross_cell"):
        return ()
    return tuple(
        tablet
        for tablet in tablets
        if tablet.alias != primary and tablet.type in types and (base != "cross_cell" or tablet.cell != home)
    )
