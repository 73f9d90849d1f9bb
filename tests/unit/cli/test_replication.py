"""`vitessctl replication` on a machine that is a world in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import MINIMAL, Cli, Machine, Result
from vitessctl.status import observe

SECOND = "zone1-0000000101"


@pytest.fixture
def here(cli: Cli, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """A command about a cluster that is up."""
    monkeypatch.setattr(observe, "ON_ITS_WAY_SECONDS", 0.0)
    Path("cluster.yaml").write_text((MINIMAL / "cluster.yaml").read_text())
    assert cli("up", "--rehearse").code == 0
    return lambda *words: cli("replication", "--rehearse", *words)


def test_a_healthy_cluster(here: Callable[..., Result]) -> None:
    result = here()

    assert (result.code, result.err) == (0, "")
    assert "minimal (rehearsal): replication works" in result.lines


@pytest.mark.parametrize("word", ["messages", "messages/0"])
def test_a_keyspace_or_a_shard(here: Callable[..., Result], word: str) -> None:
    assert here(word).code == 0


@pytest.mark.parametrize(
    ("word", "fix"), [("message", "did you mean messages?"), ("messages/-80", "did you mean messages/0?")]
)
def test_one_that_is_not_there(here: Callable[..., Result], word: str, fix: str) -> None:
    result = here(word)

    assert (result.code, result.out) == (5, "")
    assert f"the spec has no keyspace or shard {word}" in result.err
    assert fix in result.err


def test_a_broken_one_says_so_with_its_exit_code(here: Callable[..., Result], machine: Machine) -> None:
    machine.world.mysqlds[SECOND].stuck = True
    machine.world.write_rows(2)

    assert here().code == 3
    data = json.loads(here("--output", "json").out)
    assert data["broken"] is True
    assert data["shards"][0]["tablets"][1]["missing_transactions"] == 2


def test_a_cluster_that_is_not_there_is_unreachable(cli: Cli, machine: Machine) -> None:
    Path("cluster.yaml").write_text((MINIMAL / "cluster.yaml").read_text())

    result = cli("replication", "--rehearse")

    assert (result.code, result.out) == (4, "")
