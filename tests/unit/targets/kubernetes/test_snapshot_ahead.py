"""Lists of a cluster's objects: how often they are asked for, and by whom."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import pytest

from vitessctl.errors import UnreachableError
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.interface import Kind, KubernetesObject
from vitessctl.targets.kubernetes.snapshot import COMPONENT, Lists

PODS = [("etcd-0", "etcd"), ("vtctld-a", "vtctld"), ("tablet-0", "vttablet")]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Api:
    """Has three pods; each list takes as long as it is told."""

    def __init__(self, clock: Clock, seconds: float = 0.0) -> None:
        self.asked: list[Mapping[str, str]] = []
        self.fault: Exception | None = None
        self._clock, self._seconds = clock, seconds

    def list(self, kind: Kind, namespace: str, labels: Mapping[str, str] | None = None) -> Sequence[KubernetesObject]:
        assert (kind, namespace) == (kinds.POD, "shop")
        self.asked.append(labels or {})
        self._clock.now += self._seconds
        if self.fault:
            raise self.fault
        wanted = (labels or {}).get(COMPONENT)
        return [
            {"metadata": {"name": name, "labels": {COMPONENT: component}}}
            for name, component in PODS
            if wanted in (None, component)
        ]


def lists_of(seconds: float = 0.0) -> tuple[Lists, Api, Clock]:
    clock = Clock()
    api = Api(clock, seconds)
    return Lists(api, "shop", {"cluster": "shop"}, clock), api, clock  # type: ignore[arg-type]


def test_a_list_is_asked_for_once_within_a_moment() -> None:
    lists, api, clock = lists_of()
    assert list(lists.of(kinds.POD)) == [name for name, _ in PODS]
    clock.now += 0.3
    lists.of(kinds.POD)
    assert api.asked == [{"cluster": "shop"}]
    clock.now += 0.3
    lists.of(kinds.POD)
    assert len(api.asked) == 2


def test_a_list_that_takes_long_is_good_for_longer() -> None:
    lists, api, clock = lists_of(seconds=2.0)
    lists.of(kinds.POD)
    clock.now += 5.9
    lists.of(kinds.POD)
    assert len(api.asked) == 1
    clock.now += 0.2
    lists.of(kinds.POD)
    assert len(api.asked) == 2


def test_what_was_written_is_read_anew_however_long_that_takes() -> None:
    lists, api, _ = lists_of(seconds=2.0)
    lists.of(kinds.POD)
    lists.forget((kinds.POD,))
    lists.of(kinds.POD)
    assert len(api.asked) == 2


def test_asked_ahead_it_is_not_asked_again() -> None:
    lists, api, _ = lists_of()
    lists.ask_ahead([kinds.POD])
    assert list(lists.of(kinds.POD)) == [name for name, _ in PODS]
    assert len(api.asked) == 1


def test_an_error_that_comes_ahead_is_raised_where_the_list_is_needed_and_only_once() -> None:
    lists, api, _ = lists_of()
    api.fault = UnreachableError("no", why="no")
    lists.ask_ahead([kinds.POD])
    with pytest.raises(UnreachableError):
        lists.of(kinds.POD)
    api.fault = None
    assert lists.of(kinds.POD)


def test_what_was_asked_ahead_of_a_write_is_not_taken_for_what_is_there_after_it() -> None:
    lists, api, _ = lists_of()
    lists.ask_ahead([kinds.POD])
    lists.forget()
    _join_threads()
    lists.of(kinds.POD)
    assert len(api.asked) == 2


def test_one_components_pods_are_asked_for_alone_while_nobody_has_seen_all() -> None:
    lists, api, _ = lists_of()
    assert list(lists.of_component(kinds.POD, "vtctld")) == ["vtctld-a"]
    assert list(lists.of_component(kinds.POD, "vtctld")) == ["vtctld-a"]
    assert api.asked == [{"cluster": "shop", COMPONENT: "vtctld"}]


def test_one_components_pods_are_taken_from_all_where_all_are_known() -> None:
    lists, api, _ = lists_of()
    lists.of(kinds.POD)
    assert list(lists.of_component(kinds.POD, "etcd")) == ["etcd-0"]
    assert api.asked == [{"cluster": "shop"}]


def test_one_components_pods_are_forgotten_with_the_rest() -> None:
    lists, api, _ = lists_of()
    lists.of_component(kinds.POD, "etcd")
    lists.forget((kinds.POD,))
    lists.of_component(kinds.POD, "etcd")
    assert len(api.asked) == 2


def _join_threads() -> None:
    for thread in threading.enumerate():
        if thread.name == "list ahead":
            thread.join()
