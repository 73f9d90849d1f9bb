"""Each kind is asked for once within a moment, whoever asks."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.support.kubernetes.objects import config_map, service
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.snapshot import Lists, label_of, name_of

OURS = {"vitessctl.io/cluster": "shop"}


class Clock:
    """A time that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def api() -> FakeApi:
    api = FakeApi(namespaces=["default"])
    api.put(config_map("ours", labels=OURS))
    api.put(config_map("theirs", labels={"vitessctl.io/cluster": "blog"}))
    api.put(service("nobodys"))
    return api


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lists(api: FakeApi, clock: Clock) -> Lists:
    return Lists(api, "default", OURS, clock)


def asked(api: FakeApi) -> list[str]:
    return [request.kind.name for request in api.requests if request.verb == "list"]


def test_only_the_clusters_own_objects_by_name(lists: Lists) -> None:
    assert list(lists.of(kinds.CONFIG_MAP)) == ["ours"]


def test_a_second_look_within_the_moment_asks_nobody(api: FakeApi, clock: Clock, lists: Lists) -> None:
    lists.of(kinds.CONFIG_MAP, fresh=5)
    clock.now += 5
    lists.of(kinds.CONFIG_MAP, fresh=5)
    assert asked(api) == ["ConfigMap"]

    clock.now += 0.1
    lists.of(kinds.CONFIG_MAP, fresh=5)
    assert asked(api) == ["ConfigMap", "ConfigMap"]


def test_how_old_is_said_by_who_asks(api: FakeApi, clock: Clock, lists: Lists) -> None:
    lists.of(kinds.CONFIG_MAP)
    clock.now += 1
    lists.of(kinds.CONFIG_MAP, fresh=5)
    assert len(asked(api)) == 1
    lists.of(kinds.CONFIG_MAP, fresh=0.5)
    assert len(asked(api)) == 2


def test_what_was_written_is_read_again_and_nothing_else(api: FakeApi, lists: Lists) -> None:
    lists.of_all([kinds.CONFIG_MAP, kinds.SERVICE])
    lists.forget([kinds.SERVICE])
    lists.of_all([kinds.CONFIG_MAP, kinds.SERVICE])
    assert sorted(asked(api)) == ["ConfigMap", "Service", "Service"]

    lists.forget()
    lists.of_all([kinds.CONFIG_MAP, kinds.SERVICE])
    assert len(asked(api)) == 5


def test_a_kind_that_is_named_twice_is_asked_for_once(api: FakeApi, lists: Lists) -> None:
    found = lists.of_all([kinds.CONFIG_MAP, kinds.CONFIG_MAP])
    assert list(found) == [kinds.CONFIG_MAP]
    assert asked(api) == ["ConfigMap"]
    assert lists.of_all([]) == {}


def test_threads_that_ask_at_once_share_one_answer(api: FakeApi, lists: Lists) -> None:
    together = threading.Barrier(8)

    def look(_: int) -> list[str]:
        together.wait(10)
        return list(lists.of(kinds.CONFIG_MAP))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(look, range(8))) == [["ours"]] * 8
    assert asked(api) == ["ConfigMap"]


def test_names_and_labels() -> None:
    assert name_of(config_map("ours")) == "ours"
    assert label_of(config_map("ours", labels=OURS), "vitessctl.io/cluster") == "shop"
    assert label_of(config_map("ours"), "vitessctl.io/cluster") == ""
    assert label_of({"metadata": {"name": "ours", "labels": None}}, "vitessctl.io/cluster") == ""


def test_a_list_that_was_under_way_during_a_write_is_not_kept(api: FakeApi, lists: Lists) -> None:
    """Else a tablet that was just restarted would be taken for one that serves."""
    original, written = api.list, []

    def listed(kind: kinds.Kind, namespace: str, labels: object = None) -> object:
        answer = original(kind, namespace, labels)  # type: ignore[arg-type]
        if not written:
            written.append(True)
            api.remove(kinds.CONFIG_MAP, "default", "ours")
            lists.forget((kinds.CONFIG_MAP,))
        return answer

    api.list = listed  # type: ignore[method-assign,assignment]

    assert "ours" not in lists.of(kinds.CONFIG_MAP)
