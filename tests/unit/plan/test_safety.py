"""What wants its own word, what is never done, and a plan that moved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.plan.plans import a_change, a_full_plan, a_plan
from vitessctl.errors import ExitCode
from vitessctl.plan.plan import Plan
from vitessctl.plan.safety import (
    ConflictingPlan,
    Danger,
    PlanMoved,
    UnsafePlan,
    changed,
    hazards,
    refuse,
    refuse_conflicts,
)
from vitessctl.targets.base import Change, FieldChange, Operation

STORAGE = "spec.volumeClaimTemplates[data].spec.resources.requests.storage"
KEPT = [a_change("keep", f"Service/{number}", "etcd") for number in range(6)]
GONE = [a_change("delete", f"StatefulSet/{number}", "vttablet", "prune") for number in range(3)]
NEW = [a_change("create", "Service/new", "etcd")] * 9
CLAIM = a_change("delete", "PersistentVolumeClaim/data-x-0", "vttablet", "prune")


def rolled(before: str, after: str, container: str = "vttablet") -> Change:
    """A tablet whose image changes."""
    path = f"spec.template.spec.containers[{container}].image"
    change = a_change("update", "StatefulSet/x", "vttablet", "mysql")
    return replace(change, fields=(FieldChange(path, f"vitess/lite:{before}", f"vitess/lite:{after}"),))


PLANS: list[tuple[str, Plan, list[str]]] = [
    ("nothing to do", a_plan(*KEPT), []),
    ("a new cluster", a_plan(a_change("create", "StatefulSet/x", "vttablet", "tablets")), []),
    ("everything changes", a_plan(a_change("update", "StatefulSet/x", "vttablet", "tablets")), []),
    ("two of eight go", a_plan(*KEPT, *GONE[:2]), []),
    ("three of nine go", a_plan(*KEPT, *GONE), ["many-deletes"]),
    ("what is created does not count as there", a_plan(*KEPT, *GONE[:2], *NEW), []),
    ("a volume goes", a_plan(*KEPT, CLAIM), ["data-loss"]),
    ("a volume is made anew", a_plan(replace(CLAIM, operation=Operation.RECREATE)), ["data-loss"]),
    ("no tablet is in the spec any more", a_plan(*KEPT, *KEPT, GONE[0], has_tablets=False), ["empty-spec"]),
    ("the next release", a_plan(rolled("v23.0.7", "v24.0.4")), []),
    ("back to the last one", a_plan(rolled("v24.0.4", "v23.0.7")), []),
    ("one release is skipped", a_plan(rolled("v22.0.4", "v24.0.4")), ["release-jump"]),
    ("from the first to the third", a_plan(rolled("v2.1", "v3.0")), ["release-jump"]),
    ("a tag that tells nothing", a_plan(rolled("latest", "v24.0.4")), []),
    ("MySQL's tag tells of no Vitess", a_plan(rolled("5.7", "8.4", "mysqld")), []),
    ("no tablet, and none is there", a_plan(*KEPT, has_tablets=False), []),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "words"), [case[1:] for case in PLANS], ids=[case[0] for case in PLANS])
def test_what_has_to_be_allowed(plan: Plan, words: list[str]) -> None:
    assert [hazard.danger.value for hazard in hazards(plan) if hazard.danger] == words
    refuse(plan, words)
    for word in words:
        with pytest.raises(UnsafePlan) as refused:
            refuse(plan, set(words) - {word})
        assert refused.value.fix == f"change the spec, or add --allow {word}"
        assert refused.value.exit_code is ExitCode.ERROR


def test_each_step_is_named() -> None:
    with pytest.raises(UnsafePlan) as refused:
        refuse(a_plan(*KEPT, *GONE, CLAIM), [])

    assert refused.value.evidence == (
        "PersistentVolumeClaim/data-x-0 would be deleted with every row on it",
        "4 of 10 would be deleted: StatefulSet/0, StatefulSet/1, StatefulSet/2, PersistentVolumeClaim/data-x-0",
    )
    assert refused.value.why == "2 steps must be allowed by name"
    assert refused.value.fix == "change the spec, or add --allow data-loss --allow many-deletes"


def test_a_volume_never_shrinks_whatever_is_allowed() -> None:
    change = a_change("recreate", "StatefulSet/x", "vttablet", "tablets", FieldChange(STORAGE, "20Gi", "10Gi"))

    with pytest.raises(UnsafePlan) as refused:
        refuse(a_plan(change), [danger.value for danger in Danger])

    assert refused.value.evidence == ("StatefulSet/x: a volume cannot shrink from 20Gi to 10Gi",)
    assert refused.value.fix == "change the spec"


def test_a_volume_may_grow() -> None:
    change = a_change("recreate", "StatefulSet/x", "vttablet", "tablets", FieldChange(STORAGE, "20Gi", "40Gi"))

    assert hazards(a_plan(change)) == []


def test_a_conflict_names_field_and_manager_and_ends_with_7() -> None:
    with pytest.raises(ConflictingPlan) as refused:
        refuse_conflicts(a_full_plan())

    assert refused.value.evidence == ("Deployment/shop-vtgate-zone2: spec.replicas belongs to kubectl-edit",)
    assert refused.value.exit_code is ExitCode.CONFLICT
    refuse_conflicts(a_plan(*KEPT))


def test_a_plan_that_moved_ends_with_7() -> None:
    plan = a_full_plan()
    changed(plan, f" {plan.digest.upper()} ")

    with pytest.raises(PlanMoved) as moved:
        changed(plan, "0123456789abcdef")

    assert moved.value.exit_code is ExitCode.CONFLICT
    assert "0123456789abcdef was to be applied" in moved.value.why
    assert plan.digest in moved.value.why


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [("v20.0.8", "v24.0.4", "21, 22, 23"), ("v24.0.4", "v21.0.6", "23, 22"), ("v2.1", "v3.0", "2.2")],
)
def test_a_jump_says_by_way_of_which_releases_to_go(before: str, after: str, way: str) -> None:
    two = a_plan(rolled(before, after), rolled(before, after))
    (hazard,) = hazards(two)
    assert hazard.what.endswith(f"which do not work together: go by way of {way}")
