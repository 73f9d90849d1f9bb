"""What `--fix` does and what it leaves, from what happened to a world to what is there afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.world import World, a_cluster, context_of, open_world
from tests.support.world.changes import happen
from tests.support.world.ground import WorldGround
from tests.support.world.runs import WorldClock
from tests.unit.doctor.looking import FIRST, SECOND, THIRD, TOOL, diagnosed
from vitessctl.doctor import carrying_out
from vitessctl.doctor.carrying_out import Healer, Outcome, Result
from vitessctl.doctor.diagnosis import Diagnosis, looker
from vitessctl.doctor.fixes import primaries
from vitessctl.model.cluster import Cluster
from vitessctl.run.stages.replication import SETTLED_SECONDS
from vitessctl.targets.ground import Jam
from vitessctl.vtctld.errors import DeadlineError, VtctldError
from vitessctl.vtctld.records import QueryResult

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "steps.yaml").read_text(encoding="utf-8"))
STOPPED = {"mysql": [THIRD, {"io_running": False, "sql_running": False}]}
STRAY = "zone1-0000000103"


def a_world(*given: dict[str, Any], cluster: Cluster | None = None) -> World:
    world = open_world(cluster or a_cluster())
    world.remove("vtorc", "zone1")
    happen(world, given)
    return world


def healed(
    world: World, ground: WorldGround | None = None, between: Callable[[], None] = lambda: None
) -> list[Outcome]:
    """Diagnose, let something happen meanwhile, and do what is to be done."""
    context, found = context_of(world, a_cluster()), ground or WorldGround()
    first = looker(context, found, TOOL)()
    seen_at = world.now
    between()
    healer = Healer(context, found, looker(context, found, TOOL, whole=False), WorldClock(world))
    return list(healer.carry_out(first, seen_at))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_steps(case: dict[str, Any]) -> None:
    world = a_world(*case["given"])

    found = diagnosed(world)
    assert [[step.fix, step.subject, step.refusal] for step in found.steps] == case["steps"]
    outcomes = healed(world)

    assert world.crimes == []
    expected = case.get("outcome")
    if expected is None:
        assert {each.result for each in outcomes} <= {Result.REFUSED, Result.HELPED}
    else:
        assert [[each.step.fix, each.result.value, each.said] for each in outcomes] == expected


def test_a_refusal_is_told_with_the_others_and_nothing_is_done() -> None:
    world = a_world(STOPPED, {"add_transaction": [THIRD, "00000102-0000-0000-0000-000000000000:1"]})

    (outcome,) = healed(world)

    assert (outcome.result, outcome.step.subject) == (Result.REFUSED, THIRD)
    assert not world.mysqlds[THIRD].io_running


def test_what_looks_like_a_reparent_has_to_last_before_it_is_mended() -> None:
    world = a_world(STOPPED)
    before = world.now

    (outcome,) = healed(world)

    assert outcome.result is Result.HELPED
    assert world.now - before >= SETTLED_SECONDS


def test_a_cell_does_not_wait_for_that() -> None:
    world = a_world({"forget_cell": "zone1"})
    before = world.now

    healed(world)

    assert world.now == before


def test_what_is_gone_by_itself_is_left_alone() -> None:
    world = a_world(STOPPED)

    def somebody_is_faster() -> None:
        world.mysqlds[THIRD].io_running = world.mysqlds[THIRD].sql_running = True

    assert [each.result for each in healed(world, between=somebody_is_faster)] == [Result.GONE]


def test_what_is_not_safe_any_more_when_its_turn_comes_is_not_done() -> None:
    world = a_world(STOPPED)

    def somebody_writes_to_it() -> None:
        happen(world, [{"add_transaction": [THIRD, "00000102-0000-0000-0000-000000000000:1"]}])

    (outcome,) = healed(world, between=somebody_writes_to_it)

    assert outcome.result is Result.REFUSED
    assert "1 errant" in outcome.said


def test_what_fails_is_said_and_the_next_is_done() -> None:
    world = a_world(STOPPED, {"forget_cell": "zone1"})
    world.broken_calls["AddCellInfo"] = VtctldError("AddCellInfo was refused", why="etcd has no room")

    first, second = healed(world)

    assert (first.result, first.said) == (Result.FAILED, "AddCellInfo was refused: etcd has no room")
    assert second.result is Result.HELPED


def test_what_does_not_help_is_not_called_help(monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world(STOPPED)
    monkeypatch.setattr("tests.support.world.vtctld.WorldVtctld.start_replication", lambda self, alias: None)
    before = world.now

    (outcome,) = healed(world)

    assert outcome.result is Result.DID_NOT_HELP
    assert outcome.said == f"started replication on {THIRD}"
    assert world.now - before >= SETTLED_SECONDS + carrying_out.HELP_SECONDS


def test_a_run_that_lost_its_lock_does_nothing_more() -> None:
    world = a_world(STOPPED)
    context, ground = context_of(world, a_cluster()), WorldGround()
    first = looker(context, ground, TOOL)()
    context.cancelled.set()

    assert list(Healer(context, ground, looker(context, ground, TOOL), WorldClock(world)).carry_out(first, 0)) == []
    assert not world.mysqlds[THIRD].io_running


# Stray records


def with_stray(**fields: Any) -> World:
    """A tablet that the spec does not have any more, of which only the record is left."""
    world = a_world()
    record = replace(world.topology.tablets[THIRD], alias=STRAY)
    world.topology.tablets[STRAY] = replace(record, **fields)
    return world


def test_a_stray_record_is_deleted() -> None:
    world = with_stray()

    (outcome,) = healed(world)

    assert (outcome.step.fix, outcome.result) == ("stray-record", Result.HELPED)
    assert STRAY not in world.topology.tablets


def refusal_of(world: World) -> str:
    (step,) = diagnosed(world).steps
    assert step.fix == "stray-record"
    return step.refusal


def test_a_record_that_says_primary_is_kept() -> None:
    assert refusal_of(with_stray(type="primary")) == "it is the primary of messages/0 by the topology's word"


def test_the_record_of_the_last_that_led_is_kept_while_nobody_leads() -> None:
    world = with_stray(primary_term_start=9e9)
    shard = world.topology.shards["messages", "0"]
    world.topology.shards["messages", "0"] = replace(shard, primary="")

    (step,) = [each for each in diagnosed(world).steps if each.fix == "stray-record"]
    assert step.refusal == "it is the last that led messages/0, which has no primary"


def test_a_record_of_a_keyspace_that_nobody_has_read_is_kept() -> None:
    assert refusal_of(with_stray(keyspace="other")) == "who leads in its keyspace other could not be read"


def test_a_record_whose_mysql_is_still_there_is_kept() -> None:
    world = with_stray()
    document = replace(world.processes["mysqlctld", THIRD].document, subject=STRAY, name=f"mysqlctld-{STRAY}")
    world.start(document)

    (step,) = [each for each in diagnosed(world).steps if each.fix == "stray-record"]
    assert step.refusal == f"Program/mysqlctld-{STRAY} is still there"


def test_vtctld_has_the_last_word_on_a_primary() -> None:
    world = with_stray()
    world.broken_calls["DeleteTablets"] = VtctldError("no", why="tablet is the primary")

    assert [each.result for each in healed(world)] == [Result.FAILED]


# Pods


POD = "Pod/guestbook-vttablet-zone1-0000000100-0"


def on_pods(world: World, jam: Jam) -> Diagnosis:
    return diagnosed(world, WorldGround(hanging=[jam]))


def test_a_pod_that_is_safe_to_free_is_freed() -> None:
    ground = WorldGround(hanging=[Jam("Pod/a-0", THIRD, "is in ErrImagePull, …", "delete", leaving=False)])

    (outcome,) = healed(a_world(), ground)

    assert (outcome.result, outcome.said, ground.freed) == (Result.HELPED, "freed Pod/a-0", ["Pod/a-0"])


def test_a_pod_of_the_primary_is_not_deleted_while_it_may_serve() -> None:
    (step,) = on_pods(a_world(), Jam(POD, FIRST, "is in CrashLoopBackOff, …", "delete", leaving=False)).steps

    assert step.refusal == "it leads its shard; vitessctl up gives its role away first"


# Turning semi-sync on


@pytest.mark.parametrize("name", primaries.SWITCHES)
def test_semi_sync_is_turned_on_by_the_name_that_mysql_has(name: str) -> None:
    asked: list[str] = []

    class Mysql:
        def fetch_as_dba(self, alias: str, query: str) -> QueryResult:
            asked.append(query)
            return QueryResult(("Variable_name", "Value"), ((name.upper(), "OFF"),))

    context = replace(context_of(a_world(), a_cluster()), connect=Mysql)
    primaries.turn_semi_sync_on(context, WorldGround(), diagnosed(a_world()).case, FIRST)

    assert asked[-1] == f"set global {name} = 1"


def test_a_mysql_without_the_plugin_says_so() -> None:
    world = a_world({"mysql": [FIRST, {"semi_sync_primary": False}]})
    world.broken_calls["ExecuteFetchAsDBA"] = DeadlineError("no", why="no answer within 3 s")

    assert [each.result for each in healed(world)] == [Result.FAILED]


def test_other_tablets_are_not_touched() -> None:
    world = a_world(STOPPED)
    before = list(world.mysqlds[SECOND].executed)

    healed(world)

    assert list(world.mysqlds[SECOND].executed) == before
    assert world.primary() == FIRST
