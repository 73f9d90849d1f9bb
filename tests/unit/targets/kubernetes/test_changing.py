"""What a run that writes does around its writes, and what one that only looks leaves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.support.wall import Wall
from tests.support.world import a_cluster, documents_of
from vitessctl.errors import ConflictError, LockedError, NotReadyError, UnreachableError
from vitessctl.run import events
from vitessctl.run.author import Author
from vitessctl.run.runs import Result
from vitessctl.targets.kubernetes.changing import changing
from vitessctl.targets.kubernetes.interface import Kind
from vitessctl.targets.kubernetes.kinds import CONFIG_MAP, LEASE
from vitessctl.targets.kubernetes.record import Progress
from vitessctl.targets.kubernetes.recorder import read_record

CLUSTER = a_cluster("shop")
DOCUMENTS = documents_of(CLUSTER)
ANNA = Author("a1", "anna@laptop", 4711)


@pytest.fixture
def api() -> FakeApi:
    return FakeApi(namespaces=["prod"])


def test_lock_intent_stages_result_release_in_this_order(api: FakeApi) -> None:
    wall = Wall()
    with changing(api, "prod", CLUSTER, DOCUMENTS, "up", plan=lambda: "77aa", author=ANNA, now=wall) as change:
        for stage in ("etcd", "vtctld"):
            wall.advance(1)
            change.recorder(events.StageReady(1.0, stage, 1.0, ""))

    assert [str(request) for request in api.writes] == [
        "create Lease/shop-record",
        "apply ConfigMap/shop-record",
        "apply ConfigMap/shop-record",
        "apply ConfigMap/shop-record",
        "apply ConfigMap/shop-record",
        "replace Lease/shop-record",
    ]
    record = read_record(api, "prod", "shop")
    assert (record.runs[0].id, record.runs[0].plan, record.runs[0].result) == ("a1", "77aa", Result.DONE)
    assert record.stages["etcd"] is Progress.READY
    assert set(record.intent.objects) == {document.stage for document in DOCUMENTS}


def test_the_plan_is_made_under_the_lock_and_may_call_it_off(api: FakeApi) -> None:
    def plan() -> str:
        assert api.stored(LEASE, "prod", "shop-record")["spec"]["holderIdentity"].startswith("anna@laptop")
        raise ConflictError("the plan is not the one that was approved")

    with pytest.raises(ConflictError), changing(api, "prod", CLUSTER, DOCUMENTS, "up", plan=plan, author=ANNA):
        pytest.fail("it began although its plan was called off")

    assert api.names(CONFIG_MAP, "prod") == []
    assert "holderIdentity" not in api.stored(LEASE, "prod", "shop-record")["spec"]


def test_another_run_is_kept_out_meanwhile(api: FakeApi) -> None:
    ben = Author("b2", "ben@ci")
    with (
        changing(api, "prod", CLUSTER, DOCUMENTS, "up", author=ANNA),
        pytest.raises(LockedError),
        changing(api, "prod", CLUSTER, DOCUMENTS, "down", author=ben),
    ):
        pytest.fail("two runs hold the cluster")

    assert [run.id for run in read_record(api, "prod", "shop").runs] == ["a1"]


def test_a_failed_run_is_recorded_and_gives_the_lock_up(api: FakeApi) -> None:
    error = NotReadyError("vtgate was not ready within 180 s")
    with pytest.raises(NotReadyError), changing(api, "prod", CLUSTER, DOCUMENTS, "up", author=ANNA):
        raise error

    assert read_record(api, "prod", "shop").runs[0].error == error.what
    assert "holderIdentity" not in api.stored(LEASE, "prod", "shop-record")["spec"]


@pytest.mark.parametrize(("kind", "remembered"), [(LEASE, []), (CONFIG_MAP, [Result.INTERRUPTED])])
def test_ctrl_c_while_it_begins_leaves_no_lock_and_no_open_entry(
    api: FakeApi, kind: Kind, remembered: list[Result]
) -> None:
    """The server has carried the write out, and its answer is on the way."""
    api.after(kind, interrupt)

    with pytest.raises(KeyboardInterrupt), changing(api, "prod", CLUSTER, DOCUMENTS, "up", author=ANNA):
        pytest.fail("it began although it was told to stop")

    assert "holderIdentity" not in api.stored(LEASE, "prod", "shop-record")["spec"]
    assert [run.result for run in read_record(api, "prod", "shop").runs] == remembered


def interrupt(api: FakeApi, written: Any) -> None:
    """Ctrl-C, pressed once."""
    api.rest()
    raise KeyboardInterrupt


def test_a_record_that_cannot_be_kept_is_told_but_stops_nothing(api: FakeApi) -> None:
    notices: list[str] = []
    with changing(api, "prod", CLUSTER, DOCUMENTS, "up", author=ANNA, notice=notices.append):
        api.on("apply", CONFIG_MAP, UnreachableError("the API server cannot be reached"))

    assert notices == [
        "the record in the cluster could not be written, so history may lack this run: the API server cannot be reached"
    ]
