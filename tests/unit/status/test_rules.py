"""Findings that no world in memory can be brought to: put into a healthy observation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.world import a_cluster, context_of, open_world
from tests.unit.status.looks import found, judged
from tests.unit.status.test_findings import FIRST, SECOND, THIRD, healthy, with_mysql, with_replication
from vitessctl.run.context import Context
from vitessctl.status.judge import judge
from vitessctl.status.observe import observe
from vitessctl.status.observed import Observed, SeenServer, SeenTablet
from vitessctl.status.report import Status
from vitessctl.targets.base import ComponentStatus, Trouble
from vitessctl.vtctld.records import TabletRecord


def with_page(observed: Observed, alias: str, **variables: Any) -> Observed:
    """The same, with one vttablet saying something else of itself."""
    seen = observed.tablets[alias]
    return with_tablet(observed, alias, variables={**seen.says, **variables})


def with_tablet(observed: Observed, alias: str, **fields: Any) -> Observed:
    return replace(observed, tablets={**observed.tablets, alias: replace(observed.tablets[alias], **fields)})


def ahead(observed: Observed, count: int) -> Observed:
    """The same, with a primary that has so many transactions, and replicas that have all of them."""
    leader = observed.tablets[FIRST].full_status
    assert leader is not None
    for alias in (FIRST, SECOND, THIRD):
        observed = with_mysql(observed, alias, position=f"{leader.server_uuid}:1-{count}")
    return observed


def behind(observed: Observed, alias: str, count: int, of: int, **replication: Any) -> Observed:
    """The same, with one replica lacking the last `count` of `of` transactions."""
    observed = ahead(observed, of)
    leader = observed.tablets[FIRST].full_status
    assert leader is not None
    position = f"{leader.server_uuid}:1-{of - count}" if count < of else ""
    return with_replication(with_mysql(observed, alias, position=position), alias, **replication)


# Late, stale, incomplete, empty


@pytest.mark.parametrize(
    ("lacking", "replication", "said"),
    [
        (0, {"lag_seconds": 0}, {}),
        (0, {"lag_seconds": 29}, {}),
        (0, {"lag_seconds": 31}, {"lagging": [f"{SECOND}: lags 31 s behind its primary (more than 30 s)"]}),
        (7, {"lag_seconds": 5}, {}),  # it copies, and says itself that it is late
        (
            7,
            {"lag_seconds": 40},
            {"lagging": [f"{SECOND}: lags 40 s behind its primary (more than 30 s), lacks 7 transactions"]},
        ),
        (
            7,
            {"lag_seconds": 0},
            {
                "stale": [
                    f"{SECOND}: is stale, although it says SERVING: lacks 7 of the primary's 100 transactions, "
                    "though its lag is 0"
                ]
            },
        ),
        (
            7,
            {"lag_seconds": None},
            {"stale": [f"{SECOND}: is stale, although it says SERVING: lacks 7 of the primary's 100 transactions"]},
        ),
        # However late: what lacks half of all is being filled.
        (
            50,
            {"lag_seconds": 40},
            {
                "incomplete": [
                    f"{SECOND}: incomplete, although it says SERVING: lacks 50 of the primary's 100 transactions"
                ]
            },
        ),
        (
            100,
            {"lag_seconds": 0},
            {"empty": [f"{SECOND}: is empty, although it says SERVING: lacks 100 of the primary's 100 transactions"]},
        ),
    ],
)
def test_a_replica_that_does_not_have_everything(
    lacking: int, replication: dict[str, Any], said: dict[str, list[str]]
) -> None:
    context, observed = healthy()

    status = judged(context, behind(observed, SECOND, lacking, 100, **replication))

    assert found(status) == said
    assert status.tablets[1].lacks == lacking
    assert status.ready is (set(said) <= {"lagging"}), "a lag alone is a warning"


def test_how_late_is_too_late_is_the_persons_to_say() -> None:
    context, observed = healthy()
    late = with_replication(observed, SECOND, lag_seconds=6)

    status = judge(context.cluster, "rehearsal", late, lambda *_: "", max_lag=5.0)

    assert found(status) == {"lagging": [f"{SECOND}: lags 6 s behind its primary (more than 5 s)"]}


def test_a_replica_without_a_table_is_empty_whatever_its_position() -> None:
    context, observed = healthy()
    observed = behind(observed, SECOND, 3, 100)
    for alias, tables in ((FIRST, {"notes", "tags"}), (SECOND, set[str]()), (THIRD, {"notes", "tags"})):
        observed = with_tablet(observed, alias, tables=frozenset(tables))

    said = f"{SECOND}: is empty, although it says SERVING: lacks 3 of the primary's 100 transactions and the tables "
    assert found(judged(context, observed)) == {"empty": [f"{said}notes, tags"]}


def test_a_long_gtid_set_is_cut_on_the_screen_and_whole_in_the_observation() -> None:
    context, observed = healthy()
    leader = observed.tablets[FIRST].full_status
    assert leader is not None
    errant = ",".join(f"{number:08x}-0000-11f0-9000-000000000000:1-9" for number in range(20))

    status = judged(context, with_mysql(observed, SECOND, position=f"{leader.position},{errant}"))

    (text,) = found(status)["diverged"]
    assert len(text) < 250
    assert text.endswith(" …")
    assert errant in status.observed["tablets"][SECOND]["full_status"]["position"]


# Primaries


def test_two_tablets_that_both_say_primary() -> None:
    context, observed = healthy()

    status = judged(context, with_page(observed, SECOND, TabletType="PRIMARY"))

    said = f"messages/0: two tablets act as primary: {FIRST} (says so, takes writes), {SECOND} (says so)"
    assert found(status)["two-primaries"] == [said]
    assert status.shards[0].claims == (FIRST, SECOND)
    assert status.shards[0].state == "not serving"


def test_master_is_the_old_word() -> None:
    context, observed = healthy()

    status = judged(context, with_page(observed, SECOND, TabletType="master"))

    assert "two-primaries" in found(status)


def test_semi_sync_that_is_off() -> None:
    context, observed = healthy()
    off = with_mysql(observed, FIRST, semi_sync_primary_enabled=False)

    said = "the primary would not wait for a replica to acknowledge (semi-sync is off), the policy is semi_sync"
    assert found(judged(context, off)) == {"semi-sync-off": [f"{FIRST}: {said}"]}


def test_without_a_policy_nobody_asks_for_semi_sync() -> None:
    cluster = a_cluster(keyspaces={"messages": {"durability": "none"}})
    context = context_of(open_world(cluster), cluster)

    assert judged(context, with_mysql(observe(context), FIRST, semi_sync_primary_enabled=False)).ready


def nobody_acknowledges() -> tuple[Context, Observed]:
    context, observed = healthy()
    for alias in (SECOND, THIRD):
        observed = with_mysql(observed, alias, semi_sync_replica_enabled=False)
    return context, observed


def test_semi_sync_at_the_primary_and_at_no_replica() -> None:
    said = "semi-sync is on at the primary and at no replica that copies: the next write hangs"
    assert found(judged(*nobody_acknowledges())) == {"no-acknowledger": [f"{FIRST}: {said}"]}


def test_one_replica_that_was_not_asked_might_acknowledge() -> None:
    context, observed = nobody_acknowledges()
    silent = with_tablet(observed, THIRD, full_status=None, error="no answer within 2 s")

    assert set(found(judged(context, silent))) == {"mysql-silent"}


def test_a_primary_that_the_spec_does_not_know() -> None:
    context, observed = healthy()
    stranger = TabletRecord("zone1-0000000900", "messages", "0", "primary", "127.0.0.1", {}, "127.0.0.1", 15802)
    shard = replace(observed.shards["messages", "0"], primary=stranger.alias)
    components = (
        *observed.components,
        ComponentStatus("vttablet-900", "vttablet", stranger.alias, "RUNNING", running=True),
    )
    moved = replace(
        observed,
        components=components,
        records={**observed.records, stranger.alias: stranger},
        shards={("messages", "0"): shard},
    )

    said = found(judged(context, moved))
    assert said["primary-not-in-spec"] == [f"messages/0: its primary {stranger.alias} is not in the spec"]
    assert said["record-not-in-spec"] == [f"{stranger.alias}: is in the topology but not in the spec"]


def test_a_primary_whose_record_was_deleted() -> None:
    context, observed = healthy()
    records = {alias: record for alias, record in observed.records.items() if alias != FIRST}

    said = found(judged(context, replace(observed, records=records)))
    assert said["primary-without-record"] == [f"messages/0: its primary {FIRST} has no record in the topology"]


def test_a_primary_whose_mysql_is_dead() -> None:
    context, observed = healthy()
    dead = with_tablet(observed, FIRST, full_status=None, error="no socket", mysql_down=True)

    said = found(judged(context, dead))
    assert said["primary-dead"] == [f"messages/0: its primary {FIRST} is not alive: its MySQL does not run"]
    assert said["mysql-down"] == [f"{FIRST}: its MySQL does not run, although it says SERVING: no socket"]


# Servers


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"vtorcs": {"zone1": SeenServer(error="no answer")}}, {"vtorc-silent"}),
        ({"etcd": {"etcd-0": SeenServer(error="no quorum")}}, {"etcd-member-unhealthy"}),
        ({"vtgates": {"zone1": SeenServer(error="no answer")}}, {"vtgate-silent"}),
        ({"components_error": "no answer within 4.0 s", "components": ()}, {"processes-unknown"}),
        ({"pending_error": "forbidden"}, {"documents-unknown"}),
    ],
)
def test_a_source_that_does_not_answer_is_said(fields: dict[str, Any], said: set[str]) -> None:
    context, observed = healthy()

    assert set(found(judged(context, replace(observed, **fields)))) == said


def test_a_server_that_is_gone_is_not_called_silent_too() -> None:
    context, observed = healthy()
    left = tuple(each for each in observed.components if each.component not in ("vtorc", "vtgate", "etcd"))
    error = SeenServer(error="nothing listens there")
    gone = replace(observed, components=left, vtorcs={"zone1": error}, vtgates={"zone1": error}, etcd={"etcd-0": error})

    assert found(judged(context, gone)) == {}, "what is not there is said by what up would change"


def test_a_page_that_another_tablet_answers() -> None:
    context, observed = healthy()

    status = judged(context, with_page(observed, SECOND, TabletAlias="zone9-0000000101"))

    assert found(status) == {"wrong-tablet": [f"{SECOND}: another tablet answers in its place: zone9-0000000101"]}


def test_a_record_without_any_process_that_the_spec_does_not_know() -> None:
    context, observed = healthy()
    orphan = TabletRecord("zone1-0000000900", "messages", "0", "replica", "127.0.0.1")
    left = replace(observed, records={**observed.records, orphan.alias: orphan})

    status = judged(context, left)

    said = "zone1-0000000900: is in the topology but not in the spec, and its process is gone"
    assert found(status) == {"record-orphan": [said]}
    assert "DeleteTablets zone1-0000000900" in status.findings[0].remedy


# Pods


@pytest.mark.parametrize(
    ("trouble", "kind", "remedy"),
    [
        (Trouble.LEAVING, "pod-terminating", "wait until its grace period is over"),
        (
            Trouble.FINALIZER,
            "pod-held-by-finalizer",
            """kubectl patch pod/shop-vtgate-1 --type=merge -p '{"metadata":{"finalizers":null}}'""",
        ),
        (Trouble.NODE, "pod-on-lost-node", "kubectl delete node node2"),
        (Trouble.OVERDUE, "pod-past-its-grace", "kubectl describe pod/shop-vtgate-1"),
        (Trouble.SILENT_NODE, "pod-on-silent-node", "kubectl delete node node2"),
    ],
)
def test_a_pod_that_does_not_go(trouble: Trouble, kind: str, remedy: str) -> None:
    context, observed = healthy()
    pod = ComponentStatus(
        "Pod/shop-vtgate-1",
        "vtgate",
        "zone1",
        "Terminating",
        running=False,
        detail="why",
        trouble=trouble,
        node="node2",
    )

    status: Status = judged(context, replace(observed, components=(*observed.components, pod)))

    assert [(each.id, each.subject) for each in status.findings] == [(kind, "Pod/shop-vtgate-1")]
    assert remedy in status.findings[0].remedy


def test_on_kubernetes_a_tablet_is_a_pod() -> None:
    context, observed = healthy()
    left = tuple(each for each in observed.components if each.subject != THIRD)
    tablets = {**observed.tablets, THIRD: SeenTablet(None, None, page_error="no pod of it runs")}

    status = judge(
        context.cluster, "kubernetes", replace(observed, components=left, tablets=tablets), lambda *_: "", 30.0
    )

    assert found(status) == {"record-without-process": [f"{THIRD}: its record is in the topology, its pod is gone"]}
