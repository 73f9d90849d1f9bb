"""A run's hold on the cluster: when the lock is taken, and what is left of it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.unit.targets.kubernetes.test_target import NAMESPACE, Bed
from vitessctl.errors import LockedError, VitessctlError
from vitessctl.run.events import Event, Notice, StageReady
from vitessctl.targets.base import Run
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.held import traces
from vitessctl.targets.kubernetes.recorder import read_record

RECORD, LEASE = "ConfigMap/minimal-record", "Lease/minimal-record"


class Story:
    """One run on a bed, and what a person was told."""

    def __init__(self, bed: Bed, command: str = "up", **more: Any) -> None:
        self.bed = bed
        self.heard: list[Event] = []
        self.run = Run(command, bed.documents, self.heard.append, threading.Event(), **more)

    @property
    def notices(self) -> list[str]:
        return [event.text for event in self.heard if isinstance(event, Notice)]


@pytest.fixture
def bed() -> Bed:
    bed = Bed()
    bed.api.put(
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": "standard", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
        }
    )
    bed.api.put(
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": "node1"},
            "status": {
                "allocatable": {"cpu": "8", "memory": "32Gi", "pods": "110"},
                "conditions": [{"type": "Ready", "status": "True"}],
            },
        }
    )
    return bed


def test_a_run_that_changes_nothing_leaves_no_trace(bed: Bed) -> None:
    story = Story(bed, pending=False)
    bed.api.requests.clear()

    with bed.target.changing(story.run) as listener:
        listener(StageReady(1.0, "etcd", 1.0, ""))

    assert bed.api.requests == []
    assert story.heard == [StageReady(1.0, "etcd", 1.0, "")]
    assert traces(bed.api, NAMESPACE, "minimal") == []


def test_one_that_finds_something_to_write_takes_the_lock_first(bed: Bed) -> None:
    story = Story(bed, pending=False)
    bed.api.requests.clear()

    with bed.target.changing(story.run):
        bed.target.apply(bed.documents)

    assert bed.writes[:2] == [f"create {LEASE}", f"apply {RECORD}"]
    assert bed.writes[-1] == f"replace {LEASE}"
    assert bed.writes.count(f"create {LEASE}") == 1
    assert read_record(bed.api, NAMESPACE, "minimal").runs[0].command == "up"


def test_what_cannot_work_is_refused_before_the_lock_is_taken(bed: Bed) -> None:
    bed.api.remove(kinds.STORAGE_CLASS, "", "standard")
    bed.api.requests.clear()

    with pytest.raises(VitessctlError, match="StorageClass"), bed.target.changing(Story(bed).run):
        pytest.fail("it began")

    assert bed.writes == []


def test_down_is_not_asked_whether_the_cluster_could_come_up(bed: Bed) -> None:
    bed.api.remove(kinds.STORAGE_CLASS, "", "standard")
    with bed.target.changing(Story(bed, "down").run):
        pass
    assert read_record(bed.api, NAMESPACE, "minimal").runs[0].command == "down"


def test_events_go_to_the_person_and_into_the_record(bed: Bed) -> None:
    story = Story(bed)
    with bed.target.changing(story.run) as listener:
        listener(StageReady(1.0, "etcd", 1.0, "1 of 1 healthy"))

    assert story.heard[-1] == StageReady(1.0, "etcd", 1.0, "1 of 1 healthy")
    assert read_record(bed.api, NAMESPACE, "minimal").stages["etcd"].value == "ready"


def test_the_second_of_two_runs_is_told_who_is_first(bed: Bed) -> None:
    with bed.target.changing(Story(bed).run):
        other = Bed.use(bed)
        with pytest.raises(LockedError, match="another run"), other.target.changing(Story(other).run):
            pytest.fail("it began")


def test_when_the_data_is_deleted_the_record_and_the_lock_go_too(bed: Bed) -> None:
    with bed.target.changing(Story(bed).run):
        bed.target.apply(bed.documents)
    assert traces(bed.api, NAMESPACE, "minimal") == [RECORD, LEASE]

    with bed.use().target.changing(Story(bed, "down").run):
        bed.target.delete_data()

    assert traces(bed.api, NAMESPACE, "minimal") == []


def test_a_namespace_that_is_missing_is_made_and_told(bed: Bed) -> None:
    bed.api.remove(kinds.NAMESPACE, "", NAMESPACE)
    story = Story(bed)
    with bed.target.changing(story.run):
        pass
    assert f"the namespace {NAMESPACE} is not there and gets made; down leaves it" in story.notices
