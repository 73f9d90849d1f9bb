"""A forward to a vtgate that outlives the pod behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.unit.targets.kubernetes.test_podlogs import a_pod
from vitessctl.errors import UnreachableError
from vitessctl.targets.base import Address
from vitessctl.targets.kubernetes.faults import StreamFailed
from vitessctl.targets.kubernetes.kinds import POD
from vitessctl.targets.kubernetes.podlogs import NoPod
from vitessctl.targets.kubernetes.vtgate import Gate


class Forwarding(FakeApi):
    """Hands out local ports as the real one does: any free one for 0, else that one."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.open: list[tuple[str, int]] = []

    @contextmanager
    def forward(self, namespace: str, pod: str, port: int, local_port: int = 0) -> Iterator[Address]:
        self._reaches("forward", namespace, pod)
        assert port == 3306
        self.open.append((pod, local_port or 40000))
        try:
            yield Address("127.0.0.1", local_port or 40000)
        finally:
            self.open.pop()


@dataclass
class Story:
    """Calls a step each time that the forward waits, and ends it after the last one."""

    steps: list[Callable[[], object]]
    told: list[str] = field(default_factory=list)

    def opened(self, pod: str, address: Address) -> None:
        self.told.append(f"{address.port} -> {pod}")

    def left(self, pod: str, why: str) -> None:
        self.told.append(f"{pod} left")

    def wait(self) -> bool:
        if not self.steps:
            return False
        self.steps.pop(0)()
        return True


@pytest.fixture
def api() -> Forwarding:
    api = Forwarding(namespaces=["prod"])
    api.put(a_pod("a", "vtgate", cell="zone1"))
    api.put(a_pod("b", "vtgate", cell="zone1"))
    return api


def keep(api: FakeApi, *steps: Callable[[], object], port: int = 0) -> list[str]:
    story = Story(list(steps))
    Gate(api, "prod", "shop", "zone1").keep_forward(port, story.opened, story.left, story.wait)
    return story.told


def nothing() -> None:
    """A wait in which nothing happens."""


def test_it_stays_as_long_as_it_is_wanted(api: Forwarding) -> None:
    assert keep(api, nothing, nothing, nothing) == ["40000 -> a"]
    assert api.open == []


@pytest.mark.parametrize("port", [0, 15306])
def test_when_its_pod_goes_another_one_takes_its_place_on_the_same_port(api: Forwarding, port: int) -> None:
    local = port or 40000

    told = keep(api, nothing, lambda: api.remove(POD, "prod", "a"), nothing, port=port)

    assert told == [f"{local} -> a", f"{local} -> b"]


def test_a_pod_that_is_not_ready_any_more_is_left(api: Forwarding) -> None:
    assert keep(api, lambda: api.put(a_pod("a", "vtgate", cell="zone1", ready=False))) == ["40000 -> a", "40000 -> b"]


def test_while_there_is_none_it_waits_and_says_so(api: Forwarding) -> None:
    def all_go() -> None:
        api.remove(POD, "prod", "a")
        api.remove(POD, "prod", "b")

    told = keep(api, all_go, nothing, lambda: api.put(a_pod("c", "vtgate", cell="zone1")))

    assert told == ["40000 -> a", "a left", "a left", "40000 -> c"]


def test_a_forward_that_fails_later_is_tried_again(api: Forwarding) -> None:
    def goes_and_the_next_is_slow() -> None:
        api.remove(POD, "prod", "a")
        api.on("forward", POD, StreamFailed("forward a port", "Pod/b", "it is not there yet"))

    assert keep(api, goes_and_the_next_is_slow, nothing) == ["40000 -> a", "a left", "40000 -> b"]


def test_an_api_server_that_does_not_answer_does_not_end_it(api: Forwarding) -> None:
    told = keep(api, lambda: api.on("get", POD, UnreachableError("the API server cannot be reached")), nothing)

    assert told == ["40000 -> a"]


def test_without_any_pod_to_begin_with_it_is_an_error(api: Forwarding) -> None:
    with pytest.raises(NoPod, match="shop has no pod of vtgate in zone2 that is ready"):
        Gate(api, "prod", "shop", "zone2").pod()


def test_inside_the_cluster_the_service_is_the_way(api: Forwarding) -> None:
    assert str(Gate(api, "prod", "shop", "zone1").service) == "shop-vtgate-zone1.prod:3306"
