"""Every way in which a cluster can differ, made to happen, and what status says of it in exact words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.world import a_cluster, context_of, open_world
from tests.support.world.changes import happen
from tests.unit.status.looks import differences, exact_findings, found, judged, look, summary
from vitessctl.status.observe import observe
from vitessctl.status.observed import Observed, SeenTablet
from vitessctl.targets.base import Change, ComponentStatus, FieldChange, Operation
from vitessctl.vtctld.records import FullStatus, ReplicationStatus

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "findings.yaml").read_text(encoding="utf-8"))
FIRST, SECOND, THIRD = (f"zone1-{number:010d}" for number in (100, 101, 102))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_status(case: dict[str, Any]) -> None:
    cluster = a_cluster(**case.get("cluster", {}))
    world = open_world(cluster)
    happen(world, case.get("given", []))

    status = look(world, a_cluster(**case["spec"]) if "spec" in case else cluster)

    assert summary(status) == exact_findings(case)


# What the world cannot be made to do is put into a healthy observation.


def healthy() -> tuple[Any, Observed]:
    context = context_of(open_world(), a_cluster())
    return context, observe(context)


def with_mysql(observed: Observed, alias: str, **fields: Any) -> Observed:
    """The same, with one tablet's MySQL saying something else."""
    seen = observed.tablets[alias]
    assert seen.full_status is not None
    status: FullStatus = replace(seen.full_status, **fields)
    return replace(observed, tablets={**observed.tablets, alias: replace(seen, full_status=status)})


def with_replication(observed: Observed, alias: str, **fields: Any) -> Observed:
    """The same, with one tablet's replication saying something else."""
    status = observed.tablets[alias].full_status
    assert status is not None
    assert status.replication is not None
    replication: ReplicationStatus = replace(status.replication, **fields)
    return with_mysql(observed, alias, replication=replication)


def test_the_observation_that_these_tests_start_from_is_healthy() -> None:
    context, observed = healthy()

    assert judged(context, observed).ready


VTGATE = "Program/vtgate-zone1"
IMAGE = FieldChange("spec.template.spec.containers[vtgate].image", "vitess/lite:v24.0.3", "vitess/lite:v24.0.4")
SCALE = FieldChange("spec.replicas", 1, 2)


@pytest.mark.parametrize(
    ("operation", "fields", "said"),
    [
        (Operation.UPDATE, (), {"not-as-spec": [f"{VTGATE}: is not as the spec says; up changes it"]}),
        (Operation.RECREATE, (), {"not-as-spec": [f"{VTGATE}: is not as the spec says; up changes it"]}),
        (
            Operation.CONFLICT,
            (SCALE,),
            {"not-as-spec": [f"{VTGATE}: is not as the spec says (spec.replicas); up changes it"]},
        ),
        (
            Operation.UPDATE,
            (IMAGE, replace(IMAGE, path="spec.template.spec.initContainers[tools].image")),
            {"image-differs": [f"{VTGATE}: runs image vitess/lite:v24.0.3, the spec says vitess/lite:v24.0.4"]},
        ),
        (
            Operation.UPDATE,
            (IMAGE, SCALE, *(FieldChange(f"spec.field{number}", 1, 2) for number in range(3))),
            {
                "image-differs": [f"{VTGATE}: runs image vitess/lite:v24.0.3, the spec says vitess/lite:v24.0.4"],
                "not-as-spec": [
                    f"{VTGATE}: is not as the spec says (spec.replicas, spec.field0, spec.field1, …); up changes it"
                ],
            },
        ),
        (Operation.DELETE, (), {"not-in-spec": [f"{VTGATE}: is not in the spec; up --prune takes it away"]}),
        (Operation.CREATE, (), {"component-missing": [f"{VTGATE}: does not exist"]}),
        (Operation.START, (), {}),  # said by what does not run
    ],
)
def test_what_up_would_change(operation: Operation, fields: tuple[FieldChange, ...], said: dict[str, Any]) -> None:
    context, observed = healthy()
    pending = (Change(operation, VTGATE, "vtgate", "vtgate", "zone1", fields),)

    status = judged(context, replace(observed, pending=pending))

    assert found(status) == said
    assert status.ready is (operation is not Operation.CREATE), "a cluster that serves is ready, whatever is pending"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"io_error": "error connecting to source 'vt_repl@127.0.0.1:15802'"},
            "does not get what the primary writes: error connecting to source",
        ),
        (
            {"sql_error": "Error 1032: no record in 'notes'"},
            "cannot apply what it got: Error 1032: no record in 'notes'",
        ),
        ({"source_host": ""}, "has no replication source"),
        ({"source_host": "10.0.0.9"}, "copies from 10.0.0.9:15802, which is not the primary"),
        ({"source_port": 3306}, "copies from 127.0.0.1:3306, which is not the primary"),
        ({"io_running": False}, "does not replicate (IO thread does not run, SQL thread runs)"),
        ({"sql_running": False}, "does not replicate (IO thread runs, SQL thread does not run)"),
        ({"io_running": False, "io_error": "error 1236"}, "cannot get what it lacks: error 1236"),
    ],
)
def test_replication_that_does_not_run(fields: dict[str, Any], said: str) -> None:
    context, observed = healthy()

    status = judged(context, with_replication(observed, SECOND, **fields))

    assert not status.ready
    assert list(differences(status)) == [SECOND]
    assert differences(status)[SECOND][0].startswith(said)
    if "sql_error" in fields:
        assert set(found(status)) == {"replication-sql-error"}
    elif "io_error" in fields:
        assert set(found(status)) == {"binlogs-purged" if "1236" in said else "replication-io-error"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"read_only": True}, "the primary is still read-only"),
        ({"super_read_only": True}, "the primary is still read-only"),
        ({"semi_sync_blocked": True}, "writes wait for a replica to acknowledge (semi-sync)"),
    ],
)
def test_a_primary_that_does_not_take_writes(fields: dict[str, Any], said: str) -> None:
    context, observed = healthy()

    status = judged(context, with_mysql(observed, FIRST, **fields))

    assert differences(status) == {FIRST: [said]}
    assert not status.shards[0].serving


def test_what_the_primary_wrote_after_it_was_asked_is_no_difference() -> None:
    context, observed = healthy()
    leader = observed.tablets[FIRST].full_status
    assert leader is not None

    status = judged(context, with_mysql(observed, SECOND, position=f"{leader.server_uuid}:1-99"))

    assert status.ready


def test_its_uuid_is_compared_whatever_its_letters() -> None:
    context, observed = healthy()
    leader = observed.tablets[FIRST].full_status
    assert leader is not None
    shouting = with_mysql(observed, FIRST, server_uuid=leader.server_uuid.upper())

    assert judged(context, with_mysql(shouting, SECOND, position=f"{leader.server_uuid}:1-99")).ready


def test_without_the_primarys_uuid_everything_more_is_errant() -> None:
    context, observed = healthy()
    leader = observed.tablets[FIRST].full_status
    assert leader is not None
    nameless = with_mysql(observed, FIRST, server_uuid="")

    status = judged(context, with_mysql(nameless, SECOND, position=f"{leader.position},b:1-3:5"))

    assert differences(status) == {SECOND: ["has transactions that the primary lacks (4 errant): b:1-3:5"]}


def test_a_tagged_transaction_counts_to_its_server() -> None:
    context, observed = healthy()
    leader = observed.tablets[FIRST].full_status
    assert leader is not None

    status = judged(context, with_mysql(observed, SECOND, position=f"{leader.position}:blue:1-3"))

    assert status.ready


def test_tables_are_named_that_a_replica_lacks() -> None:
    context, observed = healthy()
    tablets = {
        **observed.tablets,
        FIRST: replace(observed.tablets[FIRST], tables=frozenset({"tags", "notes", "users"})),
        SECOND: replace(observed.tablets[SECOND], tables=frozenset({"users"})),
        THIRD: replace(observed.tablets[THIRD], tables=None),
    }

    status = judged(context, replace(observed, tablets=tablets))

    said = f"{SECOND}: incomplete, although it says SERVING: lacks the tables notes, tags"
    assert found(status) == {"tables-missing": [said]}


def test_a_replica_is_not_judged_by_a_primary_that_does_not_answer() -> None:
    context, observed = healthy()
    silent = SeenTablet(None, None, page_error="no answer within 2.0 s")

    status = judged(context, replace(observed, tablets={**observed.tablets, FIRST: silent}))

    assert found(status) == {
        "primary-dead": [f"messages/0: its primary {FIRST} is not alive: its vttablet does not answer"],
        "vttablet-silent": [f"{FIRST}: vttablet does not answer: no answer within 2.0 s"],
    }
    assert not status.shards[0].serving


def test_a_tablet_that_was_not_looked_at_does_not_answer() -> None:
    context, observed = healthy()

    status = judged(context, replace(observed, tablets={}))

    assert differences(status) == {alias: ["vttablet does not answer"] for alias in (FIRST, SECOND, THIRD)}


@pytest.mark.parametrize(
    ("alias", "lag"), [(FIRST, 0.0), (SECOND, 7)], ids=["a primary has none", "a replica says its own"]
)
def test_lag(alias: str, lag: float) -> None:
    context, observed = healthy()

    status = judged(context, with_replication(observed, SECOND, lag_seconds=7))

    assert [tablet.lag_seconds for tablet in status.tablets if tablet.alias == alias] == [lag]


@pytest.mark.parametrize("alias", [FIRST, SECOND], ids=["primary", "replica"])
def test_the_lag_of_a_tablet_that_does_not_answer_is_not_known(alias: str) -> None:
    context, observed = healthy()

    status = judged(context, replace(observed, tablets={**observed.tablets, alias: SeenTablet(None, None)}))

    assert [tablet.lag_seconds for tablet in status.tablets if tablet.alias == alias] == [None]


def test_the_lag_of_a_replica_without_source_is_not_known() -> None:
    context, observed = healthy()

    status = judged(context, with_mysql(observed, SECOND, replication=None))

    assert status.tablets[1].lag_seconds is None
    assert differences(status) == {SECOND: ["has no replication source"]}


def test_a_process_that_does_not_run_is_not_ready_though_all_else_is_well() -> None:
    context, observed = healthy()
    stopped = ComponentStatus("vtorc-zone1", "vtorc", "zone1", "BACKOFF", running=False, restarts=4)

    status = judged(context, replace(observed, components=(*observed.components, stopped)))

    assert not status.ready
    assert found(status) == {"component-down": ["vtorc-zone1: does not run, it is BACKOFF"]}
    assert status.findings[0].remedy.startswith("vitessctl logs vtorc/zone1;")


def test_what_the_target_says_of_a_process_is_said_too() -> None:
    context, observed = healthy()
    detail = "exited 1 (unknown flag: --cel)"
    fatal = ComponentStatus("vtgate-zone1", "vtgate", "zone1", "FATAL", running=False, detail=detail)

    status = judged(context, replace(observed, components=(*without(observed, "vtgate"), fatal)))

    assert found(status) == {"component-down": [f"vtgate-zone1: does not run, it is FATAL: {detail}"]}


def test_what_the_target_says_of_a_vttablet_is_said_of_the_tablet() -> None:
    context, observed = healthy()
    gone = ComponentStatus("vttablet-2", "vttablet", SECOND, "BACKOFF", running=False, detail="exit status 1")
    components = tuple(c for c in observed.components if (c.component, c.subject) != ("vttablet", SECOND))
    tablets = {**observed.tablets, SECOND: SeenTablet(None, None, page_error="nothing listens there")}

    status = judged(context, replace(observed, components=(*components, gone), tablets=tablets))

    said = f"{SECOND}: its record is in the topology, its process is BACKOFF: exit status 1"
    assert found(status) == {"record-without-process": [said]}


def without(observed: Observed, component: str) -> tuple[ComponentStatus, ...]:
    return tuple(each for each in observed.components if each.component != component)


def test_without_any_process_nothing_is_ready() -> None:
    context, observed = healthy()

    status = judged(context, replace(observed, components=()))

    assert not status.ready
    assert found(status) == {"nothing-runs": ["nothing of the cluster runs here"]}


def test_a_shard_serves_only_if_its_record_says_so() -> None:
    context, observed = healthy()
    record = replace(observed.shards["messages", "0"], serving=False)

    status = judged(context, replace(observed, shards={("messages", "0"): record}))

    assert found(status) == {"shard-not-serving": ["messages/0: its record says that its primary does not serve"]}
    assert not status.shards[0].serving
    assert not status.ready


def test_a_shard_that_is_not_in_the_topology_has_no_primary() -> None:
    context, observed = healthy()

    status = judged(context, replace(observed, shards={}))

    assert (status.shards[0].primary, status.shards[0].serving) == ("", False)
    assert found(status) == {"shard-missing": ["messages/0: does not exist in the topology"]}
