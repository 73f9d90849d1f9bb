"""Each stage by itself: what it does from nothing, what it repairs, what it waits for, and when it gives up.

The cases are in cases/<stage>.yaml, in the order of a bring-up. A case says how far the world has come
(`world`: what the stage `needs` and no more, everything `up`, or a cluster that was up and is `stopped`), what
has been `given` to it since (or happened `meanwhile`, before the start after a stop), and what comes out:

  ready    the stage's summary; it is then run again, and must do nothing
  acts     what it did, in its own sentences (nothing, where it is left out)
  waits    what it still waits for when its time is over (the clock stands still unless `limit` is given)
  cannot   why it gives up at once, with what to do and the evidence
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.world import World, a_cluster, context_of, down, open_world, up
from tests.support.world.changes import happen
from tests.support.world.runs import Outcome
from tests.support.world.stages import BY_NAME, prepare, run_stage
from tests.support.world.target import WorldTarget
from vitessctl.errors import ExitCode, NotReadyError
from vitessctl.model.applications import Application
from vitessctl.model.cluster import Cluster, Timeouts, Topology
from vitessctl.targets.base import Verdict

CASES = Path(__file__).parent / "cases"


def _cases() -> Iterator[Any]:
    for name in (
        stage for stage in BY_NAME if stage not in ("prune", "rollout")
    ):  # which have something to do only when it is asked for, or where the target leaves it: tests of their own
        for case in yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8")):
            yield pytest.param(name, case, id=f"{name}: {case['case']}")


def _cluster(options: dict[str, Any]) -> Cluster:
    options = dict(options)
    wanted = options.pop("applications", {})
    applications = tuple(Application(name, "zone1", "messages", **fields) for name, fields in wanted.items())
    topology = Topology(members=options.pop("members", 1), external=tuple(options.pop("external", ())))
    return a_cluster(topology=topology, applications=applications, **options)


def _world(case: dict[str, Any], cluster: Cluster, stage: str) -> World:
    world = World()
    world.external_etcd |= set(cluster.topology.external)
    kind = case.get("world", "needs")
    if kind == "needs":
        prepare(world, cluster, stage)
    elif kind != "empty":
        outcome = up(world, cluster)
        assert outcome.error is None
    if kind == "stopped":
        down(world, cluster)
        happen(world, case.get("meanwhile", []))
        prepare(world, cluster, stage)
    happen(world, case.get("given", []))
    return world


@pytest.mark.parametrize(("stage", "case"), list(_cases()))
def test_stage(stage: str, case: dict[str, Any]) -> None:
    cluster = _cluster(case.get("cluster", {}))
    world = _world(case, cluster, stage)
    limited = replace(cluster, timeouts=Timeouts(default=case.get("limit", 0.0 if "waits" in case else 180.0)))

    outcome = run_stage(world, limited, stage, apply=case.get("apply", True))

    assert outcome.actions == case.get("acts", [])
    if "ready" in case:
        _check_ready(world, limited, stage, case, outcome)
    else:
        _check_failed(stage, case, outcome)
    assert world.crimes == []


def _check_ready(world: World, cluster: Cluster, stage: str, case: dict[str, Any], outcome: Outcome) -> None:
    assert outcome.error is None
    assert outcome.summaries == {stage: case["ready"]}
    again = run_stage(world, cluster, stage, apply=case.get("apply", True))
    assert (again.error, again.actions, again.writes, again.changed) == (None, [], [], 0)
    assert again.summaries == {stage: case.get("ready again", case["ready"])}


def _check_failed(stage: str, case: dict[str, Any], outcome: Outcome) -> None:
    error = outcome.error
    assert isinstance(error, NotReadyError)
    assert error.exit_code is ExitCode.NOT_READY
    assert error.where == "guestbook"
    if "waits" in case:
        assert error.why == case["waits"]
        assert error.what.startswith(f"{stage} was not ready within ")
        assert error.fix == "Mend the cause, then run the same command again: it goes on from here."
    else:
        wanted = {"evidence": [], **case["cannot"]}
        assert error.what == f"{stage} cannot come up"
        assert error.why == wanted["why"]
        assert error.fix == wanted["fix"]
        assert list(error.evidence) == wanted["evidence"]


def test_every_stage_comes_after_all_that_it_needs() -> None:
    seen: set[str] = set()
    for stage in BY_NAME.values():
        assert seen.issuperset(stage.needs), stage.name
        seen.add(stage.name)


def test_mysql_waits_for_nothing_because_it_takes_longest() -> None:
    assert BY_NAME["mysql"].needs == ()


def test_a_tablet_that_its_pod_keeps_waiting_says_what_for(monkeypatch: pytest.MonkeyPatch) -> None:
    world = open_world()
    world.topology.tablets.pop("zone1-0000000102")
    said = Verdict.done("its vttablet waits for its keyspace: no answer of vtctld within 5 s")
    monkeypatch.setattr(WorldTarget, "socket_ready", lambda self, tablet: said)

    verdict = BY_NAME["tablets"].converge(context_of(world, a_cluster()))

    assert verdict.reason == f"zone1-0000000102: not in the topology yet: {said.reason}"
