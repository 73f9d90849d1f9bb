"""What holds for every object: applied is equal, changed is seen, and what is called equal would not change."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import apiserver
from vitessctl.plan.compare import compare, settle
from vitessctl.plan.managed import ours
from vitessctl.targets.base import Operation

NAMES = st.sampled_from(["a", "b", "c", "d"])
TEXT = st.text("abz-.=", min_size=1, max_size=4)
LABELS = st.dictionaries(st.sampled_from(["app", "a.b/c", "x"]), TEXT, min_size=1, max_size=3)


@st.composite
def containers(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for name in draw(st.lists(NAMES, unique=True, min_size=1, max_size=3)):
        container: dict[str, Any] = {"name": name, "image": draw(TEXT)}
        variables = draw(st.lists(NAMES, unique=True, max_size=3))
        if variables:
            container["env"] = [{"name": variable, "value": draw(TEXT)} for variable in variables]
        if draw(st.booleans()):
            container["args"] = draw(st.lists(TEXT, min_size=1, max_size=3))
        if draw(st.booleans()):
            ports = draw(st.lists(st.integers(1, 5), unique=True, min_size=1, max_size=3))
            container["ports"] = [{"containerPort": port} for port in ports]
        if draw(st.booleans()):
            container["resources"] = {"requests": {"memory": draw(st.sampled_from(["1Gi", "1024Mi", "2Gi"]))}}
        found.append(container)
    return found


@st.composite
def objects(draw: st.DrawFn) -> dict[str, Any]:
    pod: dict[str, Any] = {"containers": draw(containers())}
    if draw(st.booleans()):
        pod["terminationGracePeriodSeconds"] = draw(st.integers(0, 3))
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "x", "labels": draw(LABELS)},
        "spec": {
            "replicas": draw(st.integers(0, 2)),
            "selector": {"matchLabels": {"app": "x"}},
            "template": {"metadata": {"labels": draw(LABELS)}, "spec": pod},
        },
    }


def shuffled(value: Any) -> Any:
    """The same with the keys of every map the other way round."""
    if isinstance(value, dict):
        return {key: shuffled(item) for key, item in reversed(value.items())}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


def without_times(live: dict[str, Any]) -> dict[str, Any]:
    """All that is there but who owns it."""
    after = copy.deepcopy(live)
    after["metadata"].pop("managedFields", None)
    return after


@settings(deadline=None)
@given(objects())
def test_what_was_applied_is_kept_whatever_the_order_of_keys(wanted: dict[str, Any]) -> None:
    live = json.loads(json.dumps(apiserver.apply(None, wanted)))

    assert compare(wanted, live).operation is Operation.KEEP
    assert compare(shuffled(wanted), shuffled(live)).operation is Operation.KEEP
    assert settle(wanted, live, apiserver.apply(live, wanted)).operation is Operation.KEEP


@settings(deadline=None, max_examples=150)
@given(objects(), objects())
def test_what_is_called_equal_the_server_would_not_change(first: dict[str, Any], second: dict[str, Any]) -> None:
    live = apiserver.apply(None, first)
    after = apiserver.apply(live, second)

    found = compare(second, live)

    unchanged = without_times(after) == without_times(live) and ours(after, "apps/v1") == ours(live, "apps/v1")
    if found.operation is Operation.KEEP and not unchanged:
        quantities = json.dumps(without_times(after)).replace("1024Mi", "1Gi")
        assert quantities == json.dumps(without_times(live)).replace("1024Mi", "1Gi")
    if unchanged:
        assert found.operation is Operation.KEEP


@settings(deadline=None, max_examples=150)
@given(objects(), objects())
def test_the_fields_before_asking_are_those_after(first: dict[str, Any], second: dict[str, Any]) -> None:
    live = apiserver.apply(None, first)

    asked = settle(second, live, apiserver.apply(live, second))

    guessed = {(field.path, str(field.after)) for field in compare(second, live).fields}
    assert {path for path, _ in guessed} >= {field.path for field in asked.fields if field.after is not None}


@settings(deadline=None)
@given(objects(), objects())
def test_after_applying_the_second_nothing_is_left_to_do(first: dict[str, Any], second: dict[str, Any]) -> None:
    after = apiserver.apply(apiserver.apply(None, first), second)

    assert compare(second, after).operation is Operation.KEEP


@settings(deadline=None)
@given(objects(), st.integers(3, 9))
def test_what_somebody_else_changed_is_seen(wanted: dict[str, Any], replicas: int) -> None:
    live = apiserver.edit(apiserver.apply(None, wanted), ["f:spec", "f:replicas"], replicas)

    found = compare(wanted, live)

    assert found.operation is Operation.CONFLICT
    assert [(conflict.path, conflict.manager) for conflict in found.conflicts] == [("spec.replicas", "kubectl-edit")]
