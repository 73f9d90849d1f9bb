"""Writing: in which order, and what is refused before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.support.kubernetes.objects import config_map, service, stateful_set
from vitessctl.errors import NotReadyError
from vitessctl.render.documents import Document
from vitessctl.targets.base import FieldConflict, Operation
from vitessctl.targets.kubernetes import applying, kinds
from vitessctl.targets.kubernetes.applying import Applier
from vitessctl.targets.kubernetes.comparing import Compared, Comparer
from vitessctl.targets.kubernetes.faults import ApplyConflict, ServerFailed
from vitessctl.targets.kubernetes.shrinking import VolumeShrinks
from vitessctl.targets.kubernetes.snapshot import Lists

OURS = {"vitessctl.io/cluster": "shop"}


class Place:
    """A namespace, and what writes to it."""

    def __init__(self) -> None:
        self.api = FakeApi(namespaces=["default"])
        self.lists = Lists(self.api, "default", OURS)
        self.applier = Applier(self.api, "default", self.lists)
        self.began: list[int] = []
        self.applier.before_write = lambda: self.began.append(len(self.api.writes))

    def apply(self, *objects: dict[str, Any]) -> list[str]:
        """Compare and apply; gives what was written."""
        self.api.requests.clear()
        self.lists.forget()
        documents = [document_of({**each, "metadata": {**each["metadata"], "labels": OURS}}) for each in objects]
        self.applier.apply(Comparer(self.api, self.lists).compare(documents))
        return [str(request) for request in self.api.writes]


def document_of(data: dict[str, Any]) -> Document:
    name = data["metadata"]["name"]
    return Document("etcd", "etcd", data["kind"], name, str(data), "", data)


@pytest.fixture
def place() -> Place:
    return Place()


def test_what_pods_refer_to_is_there_before_them(place: Place) -> None:
    written = place.apply(stateful_set("etcd"), config_map("settings"), service("etcd"))
    assert written[-1] == "apply StatefulSet/etcd"
    assert sorted(written[:-1]) == ["apply ConfigMap/settings", "apply Service/etcd"]


def test_the_lock_is_taken_before_the_first_write_and_not_without_one(place: Place) -> None:
    place.apply(config_map("settings"))
    assert place.began == [0]

    assert place.apply(config_map("settings")) == []
    assert place.began == [0]


def test_what_was_written_is_read_again(place: Place) -> None:
    place.lists.of(kinds.CONFIG_MAP)
    place.apply(config_map("settings"))
    assert list(place.lists.of(kinds.CONFIG_MAP)) == ["settings"]


def test_one_conflict_and_nothing_of_all_is_written(place: Place) -> None:
    place.apply(config_map("settings", a="1"))
    place.api.edit(kinds.CONFIG_MAP, "default", "settings", {"data": {"a": "2"}}, manager="kubectl-edit")

    with pytest.raises(ApplyConflict, match="kubectl-edit"):
        place.apply(config_map("settings", a="1"), config_map("others"))
    assert place.api.writes == []
    assert place.began == [0]


def test_a_volume_that_would_shrink_is_refused_before_anything_is_written(place: Place) -> None:
    place.apply(stateful_set("etcd", storage="2Gi"))
    with pytest.raises(VolumeShrinks, match="the volume data of StatefulSet/etcd has 2Gi, the spec says 1Gi"):
        place.apply(config_map("settings"), stateful_set("etcd", storage="1Gi"))
    assert place.api.writes == []


def test_a_volume_that_grows_grows_first_then_the_set_is_made_anew_without_its_pods(place: Place) -> None:
    place.apply(stateful_set("etcd", storage="1Gi"))
    place.api.put(claim("data-etcd-0"))

    written = place.apply(stateful_set("etcd", storage="2Gi"))

    assert written == [
        "merge PersistentVolumeClaim/data-etcd-0",
        "delete StatefulSet/etcd",
        "apply StatefulSet/etcd",
    ]
    assert place.api.stored(kinds.PERSISTENT_VOLUME_CLAIM, "default", "data-etcd-0")["spec"]["resources"] == {
        "requests": {"storage": "2Gi"}
    }


def test_a_claim_that_was_never_made_does_not_grow(place: Place) -> None:
    place.apply(stateful_set("etcd", storage="1Gi"))
    assert place.apply(stateful_set("etcd", storage="2Gi")) == ["delete StatefulSet/etcd", "apply StatefulSet/etcd"]


def claim(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"resources": {"requests": {"storage": "1Gi"}}},
    }


def test_what_does_not_go_is_not_made_anew(
    place: Place, monkeypatch: pytest.MonkeyPatch, passing: Callable[[], None]
) -> None:
    place.apply(stateful_set("etcd", storage="1Gi"))
    monkeypatch.setattr(place.api, "delete", lambda *what, **how: True)  # something holds it: a finalizer

    with pytest.raises(NotReadyError) as raised:
        place.apply(stateful_set("etcd", storage="2Gi"))

    assert raised.value.what == "StatefulSet/etcd was deleted to be made anew, and is still there"
    assert raised.value.fix.startswith("see kubectl get statefulsets etcd -o yaml")
    assert place.api.writes == []


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Time passes only where somebody waits."""
    now = [0.0]
    monkeypatch.setattr(applying.time, "monotonic", lambda: now[0])  # type: ignore[attr-defined]
    monkeypatch.setattr(applying.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))  # type: ignore[attr-defined]
    return lambda: None


def test_where_the_reference_cannot_be_written_no_pod_is(place: Place) -> None:
    fault = ServerFailed("apply it", "https://fake.invalid", 500, "no space left")
    place.api.on("apply", kinds.CONFIG_MAP, fault)
    with pytest.raises(ServerFailed):
        place.apply(stateful_set("etcd"), config_map("settings"))
    assert place.api.names(kinds.STATEFUL_SET, "default") == []


def test_a_conflict_that_was_found_before_is_told_with_all_its_fields(place: Place) -> None:
    document = document_of(config_map("settings"))
    comparer = Comparer(place.api, place.lists)
    (each,) = comparer.compare([document])
    conflicts = (FieldConflict("data.a", "kubectl"), FieldConflict("data.b", "argocd"))
    comparison = type(each.comparison)(Operation.CONFLICT, (), conflicts)

    with pytest.raises(ApplyConflict) as raised:
        place.applier.apply([Compared(document, each.body, each.live, comparison)])
    assert raised.value.why == "data.a is set by kubectl; data.b is set by argocd"
