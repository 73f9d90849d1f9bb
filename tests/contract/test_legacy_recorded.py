"""The legacy client against the recorded answers of real vtctlds: what they printed is understood, and their errors."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contract.legacy_replay import Command, legacy_replay
from tests.contract.test_calls import arguments, plain
from vitessctl import releases
from vitessctl.vtctld import errors, refusal
from vitessctl.vtctld.client import connect
from vitessctl.vtctld.legacy import mysql, output

FOLDER = Path(__file__).parent
CASES = yaml.safe_load((FOLDER / "cases" / "recorded.yaml").read_text(encoding="utf-8"))
PRIMARY, REPLICA = "zone1-0000000100", "zone1-0000000101"


@cache
def recorded(release: str) -> Any:
    """All that was recorded of a release."""
    return yaml.safe_load((FOLDER / "legacy" / f"{release}.yaml").read_text(encoding="utf-8"))


def step(release: str, name: str, part: str = "with_tablets") -> Any:
    """One step; the first of its name."""
    return next(step for step in recorded(release)[part] if step.get("name") == name)


def played(found: Any) -> Command:
    """The step as a command line that is to come, and its answer."""
    error = found.get("error", {})
    return Command(found["args"], found.get("console", ""), error.get("text", ""), code=error.get("code", "UNKNOWN"))


def name_of(case: dict[str, Any]) -> str:
    return f"{case['release']}: {case['step']}"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_recorded_answer_is_understood(case: dict[str, Any]) -> None:
    found = step(case["release"], case["step"], case.get("part", "without_tablets"))
    with legacy_replay([played(found)]) as server:
        call = getattr(connect(server.address, releases.get(case["release"])), case["call"])
        if "gives" in case:
            assert plain(call(**arguments(case))) == case["gives"]
        else:
            with pytest.raises(getattr(errors, case["raises"])) as caught:
                call(**arguments(case))
            assert case["says"] in str(caught.value)


def test_the_tablets_before_and_after_the_first_election() -> None:
    def types(name: str) -> dict[str, str]:
        lines = step("2.1", name)["console"].splitlines()
        return {record.alias: record.type for record in map(output.tablet, lines)}

    assert set(types("tablets that have no primary yet").values()) == {"replica"}
    assert types("the tablets")[PRIMARY] == "primary"
    first = output.tablet(step("2.1", "the tablets")["console"].splitlines()[0])
    assert (first.hostname, first.ports, first.mysql_port) == ("127.0.0.1", {"vt": 26800}, 26802)


def status_of(names: tuple[str, str, str]) -> Any:
    """A full status out of the recorded answers to its queries: variables, positions, replication."""
    answers = {
        found["args"][-1]: output.query_result(found["console"]) for found in (step("2.1", name) for name in names)
    }
    return mysql.full_status(REPLICA, lambda query: answers[query])


def test_a_replica_of_mysql_5_6() -> None:
    status = status_of(("a replica's variables", "the primary's positions", "a replica's replication"))
    assert status.version == "5.6.24-log"
    assert status.read_only
    assert not status.super_read_only
    assert not status.semi_sync_primary_enabled
    replication = status.replication
    assert replication is not None
    assert (replication.source_host, replication.source_port) == ("127.0.0.1", 26802)
    assert (replication.io_running, replication.sql_running, replication.lag_seconds) == (True, True, 0)
    assert replication.position.endswith(":1-6")


def test_a_tablet_before_the_first_election_is_empty_and_has_no_source() -> None:
    status = status_of(("its variables", "its positions", "its replication"))
    assert (status.position, status.replication) == ("", None)
    assert output.query_result(step("2.1", "its tables")["console"]).rows == ()


@pytest.mark.parametrize("release", [path.stem for path in sorted((FOLDER / "legacy").glob("*.yaml"))])
def test_every_recorded_error_becomes_one_with_all_parts_and_never_a_dead_vtctld(release: str) -> None:
    parts = [part for part in recorded(release).values() if isinstance(part, list)]
    failed = [found for part in parts for found in part if "error" in found]
    assert len(failed) > 20
    for found in failed:
        error = refusal.refusal(found["args"][0], found["error"]["code"], found["error"]["text"], "subject")
        assert all((error.what, error.why, error.fix)), found["name"]
        assert not isinstance(error, errors.VtctldUnreachableError), found["name"]
