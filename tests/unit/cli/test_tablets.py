"""`vitessctl tablets`, on a machine that is a world in memory."""

from __future__ import annotations

import json

import pytest

from tests.unit.cli.conftest import MINIMAL, Cli, Machine, Result
from vitessctl.errors import ExitCode


@pytest.fixture
def up(cli: Cli, machine: Machine) -> Machine:
    assert cli("up", "-i", str(MINIMAL), "--rehearse").code == 0
    return machine


def tablets(cli: Cli, *words: str) -> Result:
    return cli("tablets", "-i", str(MINIMAL), "--rehearse", *words)


def test_all_of_a_healthy_cluster(cli: Cli, up: Machine) -> None:
    result = tablets(cli)

    assert (result.code, result.err) == (0, "")
    assert [line.split()[0] for line in result.lines] == [
        "REHEARSAL:", "alias", "zone1-0000000100", "zone1-0000000101", "zone1-0000000102",
    ]  # fmt: skip


def test_one_that_is_dead_is_said_and_the_code_tells(cli: Cli, up: Machine) -> None:
    up.world.kill("vttablet", "zone1-0000000102")

    assert tablets(cli).code == ExitCode.NOT_READY
    assert tablets(cli).lines[-1] == "! zone1-0000000102: its record is in the topology, its process is BACKOFF"
    assert tablets(cli, "zone1-100").code == 0, "it is not one of those that were asked for"


def test_as_json(cli: Cli, up: Machine) -> None:
    result = tablets(cli, "messages/0", "--output", "json")

    assert [row["type"] for row in json.loads(result.out)["tablets"]] == ["primary", "replica", "replica"]


def test_a_word_that_means_none(cli: Cli, up: Machine) -> None:
    result = tablets(cli, "zone9")

    assert (result.code, result.out) == (ExitCode.SPEC, "")
    assert "zone9 is no cell, keyspace, shard or tablet of this cluster" in result.err
