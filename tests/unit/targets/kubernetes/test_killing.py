"""Pods that are killed on purpose: what is asked of the API server, and in which order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.unit.targets.kubernetes.test_podlogs import a_pod
from vitessctl.errors import VitessctlError
from vitessctl.targets.base import ComponentStatus, Force
from vitessctl.targets.kubernetes import faults, kinds, pods
from vitessctl.targets.kubernetes.interface import Executed
from vitessctl.targets.kubernetes.killing import ABRUPTLY, Killer

NAMES = ("shop-vtgate-a", "shop-vttablet-100-0", "shop-vttablet-101-0")


@pytest.fixture
def api() -> FakeApi:
    api = FakeApi(namespaces=["prod"])
    api.put(a_pod(NAMES[0], "vtgate", cell="zone1"))
    for number, name in enumerate(NAMES[1:]):
        api.put(a_pod(name, "vttablet", tablet_alias=f"zone1-000000010{number}"))
    return api


def budget(api: FakeApi, allowed: int) -> None:
    """How many tablets may go now."""
    api.put(
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {"name": "tablets", "namespace": "prod"},
            "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"vitessctl.io/component": "vttablet"}}},
            "status": {"disruptionsAllowed": allowed},
        }
    )


def kill(
    api: FakeApi, force: Force, *names: str, sleep: Callable[[float], None] = lambda _: None, stop: bool = False
) -> list[str]:
    """Kill those pods."""
    there = {str(pod["metadata"]["name"]): pod for pod in api.list(kinds.POD, "prod")}
    moment = datetime(2026, 11, 27, tzinfo=timezone.utc)
    victims = [pods.component_status({**there[name], "spec": {}}, moment) for name in names]
    cancelled = threading.Event()
    if stop:
        cancelled.set()
    return list(Killer(api, "prod", there, sleep).kill(victims, force, cancelled))


def test_the_whole_pod_goes_without_grace(api: FakeApi) -> None:
    graces: list[Any] = []
    delete = api.delete

    def noted(*arguments: Any, grace: int | None = None, **options: Any) -> bool:
        graces.append((grace, bool(options["uid"])))
        return delete(*arguments, grace=grace, **options)

    api.delete = noted  # type: ignore[method-assign]

    assert kill(api, Force.WHOLE, NAMES[1]) == [f"Pod/{NAMES[1]}"]
    assert graces == [(0, True)]
    assert api.names(kinds.POD, "prod") == [NAMES[0], NAMES[2]]


def test_everything_is_told_to_stop_with_its_grace(api: FakeApi) -> None:
    assert kill(api, Force.RESTART, *NAMES) == [f"Pod/{name}" for name in NAMES]
    assert api.names(kinds.POD, "prod") == []


@pytest.mark.parametrize("code", [0, 137])
def test_a_program_ends_in_its_own_container(api: FakeApi, code: int) -> None:
    asked: list[Any] = []
    api.on_execute(lambda *call: asked.append(call) or Executed(code, "", ""))

    assert kill(api, Force.PROGRAM, NAMES[1]) == [f"vttablet in Pod/{NAMES[1]}"]
    assert asked == [(NAMES[1], "vttablet", ABRUPTLY)]
    assert len(api.names(kinds.POD, "prod")) == 3


def test_the_command_may_be_cut_off_with_its_container(api: FakeApi) -> None:
    api.on("execute", kinds.POD, faults.StreamFailed("run sh", "Pod/a", "the connection ended before the command did"))

    assert kill(api, Force.PROGRAM, NAMES[1]) == [f"vttablet in Pod/{NAMES[1]}"]


def test_an_image_without_a_shell_is_said(api: FakeApi) -> None:
    api.on_execute(lambda *_: Executed(127, "", "sh: not found"))

    with pytest.raises(VitessctlError, match="vttablet cannot be killed") as refused:
        kill(api, Force.PROGRAM, NAMES[1])

    assert refused.value.why == "sh: not found"


def test_evictions_wait_for_their_budget_and_the_others_go_first(api: FakeApi) -> None:
    budget(api, 0)
    left: list[list[str]] = []

    def sleep(seconds: float) -> None:
        left.append(api.names(kinds.POD, "prod"))
        budget(api, 1)

    assert kill(api, Force.EVICT, NAMES[1], NAMES[0], sleep=sleep) == [f"Pod/{NAMES[0]}", f"Pod/{NAMES[1]}"]
    assert left == [[NAMES[1], NAMES[2]]]


def test_evictions_end_when_they_are_told_to(api: FakeApi) -> None:
    budget(api, 0)

    assert kill(api, Force.EVICT, *NAMES, stop=True) == []
    assert len(api.names(kinds.POD, "prod")) == 3


def test_without_the_right_it_is_said(api: FakeApi) -> None:
    api.deny("create", "pods/eviction")

    with pytest.raises(faults.Forbidden, match="pods/eviction"):
        kill(api, Force.EVICT, NAMES[0])


def test_a_pod_that_is_gone_meanwhile_needs_no_eviction(api: FakeApi) -> None:
    assert api.evict("prod", "nobody", uid="x")


def victim() -> ComponentStatus:
    """Of a pod that nobody knows any more."""
    return ComponentStatus("Pod/nobody", "vtgate", "zone1", "Running", True)


def test_a_pod_that_is_not_there_is_passed_over(api: FakeApi) -> None:
    assert Killer(api, "prod", {}, lambda _: None).kill([victim()], Force.WHOLE, threading.Event()) == []
