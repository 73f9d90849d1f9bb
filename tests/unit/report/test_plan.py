"""Whole screens of plans, as a pipe of 80 columns gets them. Each is a file in plan_screens/."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.expected import check
from tests.support.world import World, a_cluster, context_of, open_world
from tests.unit.plan.plans import a_change, a_full_plan, a_plan
from vitessctl.model.cluster import Cluster
from vitessctl.plan.plan import Plan
from vitessctl.report.plan import counts_line, plan_lines, print_plan
from vitessctl.report.screen import console
from vitessctl.run.foresee import make_plan
from vitessctl.targets.base import FieldChange

SCREENS = Path(__file__).parent / "plan_screens"
SHRINKING = FieldChange("spec.volumeClaimTemplates[data].spec.resources.requests.storage", "20Gi", "10Gi")


@pytest.fixture(autouse=True)
def _pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)


def look(world: World, cluster: Cluster, prune: bool = False) -> Plan:
    context = context_of(world, cluster)
    context.prune = prune
    return make_plan(context)


def show(plan: Plan, diff: bool = False) -> None:
    print_plan(plan, console(), command=f"vitessctl up -i shop --plan {plan.digest}", diff=diff)


def first_plan() -> None:
    show(look(World(), a_cluster()))


def second_plan() -> None:
    show(look(open_world(), a_cluster()))


def a_smaller_cluster() -> None:
    show(look(open_world(a_cluster(replicas=4)), a_cluster()))


def a_smaller_cluster_pruned() -> None:
    show(look(open_world(a_cluster(replicas=4)), a_cluster(), prune=True))


def everything() -> None:
    show(a_full_plan())


def everything_with_diff() -> None:
    show(a_full_plan(), diff=True)


def a_shrinking_volume() -> None:
    show(a_plan(a_change("recreate", "StatefulSet/shop-zone1-0000000100", "vttablet", "tablets", SHRINKING)), diff=True)


SHOWN: list[Callable[[], None]] = [
    first_plan,
    second_plan,
    a_smaller_cluster,
    a_smaller_cluster_pruned,
    everything,
    everything_with_diff,
    a_shrinking_volume,
]


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.__name__)
def test_screen(shown: Callable[[], None], capsys: pytest.CaptureFixture[str]) -> None:
    shown()

    out = capsys.readouterr().out
    check(out, SCREENS / f"{shown.__name__}.txt")
    assert "b2xk" not in out
    assert "bmV3" not in out
    assert "\x1b" not in out


def test_every_screen_in_the_folder_is_shown() -> None:
    assert {path.stem for path in SCREENS.glob("*.txt")} == {shown.__name__ for shown in SHOWN}


def test_lines_fit_a_terminal_as_far_as_names_allow() -> None:
    """Only what is pasted, and the counts, may be longer."""
    lines = [line for line, _ in plan_lines(a_full_plan()) if not line.startswith(("to apply", "Plan:"))]

    assert max(map(len, lines)) <= 80


def test_an_action_is_counted_in_the_singular() -> None:
    plan = a_plan(actions={"cells": ("register cell zone1",)})

    expected = "Plan: 0 to create, 0 to update, 0 to delete, 0 unchanged, 1 action on the topology"
    assert counts_line(plan) == expected


def test_a_rehearsal_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    show(a_plan(target="rehearsal"))

    assert capsys.readouterr().out.startswith("REHEARSAL: stand-in servers")
