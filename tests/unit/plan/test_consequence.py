"""What a change means: the cases of cases/consequences.yaml, and that there is a sentence for everything."""

from __future__ import annotations

import itertools

import pytest

from tests.unit.plan.objects import cases
from tests.unit.plan.plans import a_change
from vitessctl.model.cluster import COMPONENTS
from vitessctl.plan.consequence import RULES, consequence
from vitessctl.targets.base import FieldChange, Operation

CASES: list[list[str]] = cases("consequences")
KINDS = ("StatefulSet", "Deployment", "Service", "Secret", "ConfigMap", "Program", "File", "Lease", "Unheard")


@pytest.mark.parametrize(("operation", "kind", "component", "path", "sentence"), CASES)
def test_consequence(operation: str, kind: str, component: str, path: str, sentence: str) -> None:
    fields = [FieldChange(path, 1, 2)] if path else []

    assert consequence(a_change(operation, f"{kind}/x", component, "", *fields)) == sentence


def test_whatever_is_done_has_a_consequence() -> None:
    for operation, kind, component in itertools.product(Operation, KINDS, COMPONENTS):
        if operation is not Operation.KEEP:
            assert consequence(a_change(operation.value, f"{kind}/x", component, "", FieldChange("spec.x", 1, 2)))


def test_no_rule_is_hidden_by_one_before_it() -> None:
    for index, rule in enumerate(RULES):
        before = RULES[:index]
        assert not [
            r
            for r in before
            if r.operation is rule.operation
            and r.kind in ("", rule.kind)
            and r.component in ("", rule.component)
            and r.path in ("", rule.path)
        ], rule


def test_the_worst_of_several_fields_decides() -> None:
    fields = [FieldChange("metadata.labels.a", 1, 2), FieldChange("spec.template.spec.x", 1, 2)]

    assert consequence(a_change("update", "Deployment/x", "vtorc", "", *fields)).startswith("restarts vtorc")
