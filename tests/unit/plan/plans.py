"""Plans to look at."""

from __future__ import annotations

from typing import Any

from vitessctl.plan.plan import Plan, PlannedStage, Step
from vitessctl.targets.base import Change, FieldChange, FieldConflict, Operation

IMAGE = FieldChange(
    "spec.template.spec.containers[vttablet].image",
    "registry.example/vitess/lite:v24.0.3",
    "registry.example/vitess/lite:v24.0.4",
)
PASSWORD = FieldChange('data["users.json"]', "b2xkLXBhc3N3b3Jk", "bmV3LXBhc3N3b3Jk", secret=True)


def a_change(operation: str, label: str, component: str, stage: str = "", *fields: FieldChange, **more: Any) -> Change:
    """`a_change("update", "StatefulSet/x", "vttablet", "tablets", IMAGE)`."""
    return Change(Operation(operation), label, stage or component, component, fields=fields, **more)


def a_plan(*changes: Change, actions: dict[str, tuple[str, ...]] | None = None, **more: Any) -> Plan:
    """A plan of these changes, a stage for each that they name."""
    actions = actions or {}
    names = dict.fromkeys([*(change.stage for change in changes), *actions])
    stages = tuple(
        PlannedStage(
            name, tuple(Step(c, f"text of {c.label}") for c in changes if c.stage == name), actions.get(name, ())
        )
        for name in names
    )
    return Plan("shop", more.pop("target", "kubernetes"), stages, **more)


def a_full_plan() -> Plan:
    """One of everything."""
    tablet = "StatefulSet/shop-zone1-00000001"
    conflict = (FieldConflict("spec.replicas", "kubectl-edit"),)
    return a_plan(
        a_change("keep", "StatefulSet/shop-etcd", "etcd"),
        a_change("create", "Service/shop-vtctld", "vtctld"),
        a_change("update", f"{tablet}00", "vttablet", "tablets", IMAGE),
        a_change(
            "recreate", f"{tablet}01", "vttablet", "tablets",
            FieldChange("spec.volumeClaimTemplates[data].spec.resources.requests.storage", "20Gi", "40Gi"),
        ),
        a_change("update", "Deployment/shop-vtgate-zone1", "vtgate", "", FieldChange("spec.replicas", 1, 2)),
        a_change("update", "Secret/shop-vtgate-users", "vtgate", "", PASSWORD),
        a_change("conflict", "Deployment/shop-vtgate-zone2", "vtgate", "", FieldChange("spec.replicas", 5, 2),
                 conflicts=conflict),
        a_change("delete", f"{tablet}02", "vttablet", "prune"),
        a_change("delete", "PersistentVolumeClaim/data-shop-zone1-0000000102-0", "vttablet", "prune"),
        actions={
            "cells": ("register cell zone2 at /vitess/zone2",),
            "prune": ("remove the record of zone1-0000000102",),
        },
        left=("Deployment/shop-vtorc-zone3",),
        notes=("vtctld does not answer (connection refused), so the topology was not read",),
    )  # fmt: skip
