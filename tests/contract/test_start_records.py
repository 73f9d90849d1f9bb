"""What real servers wrote when they could not start, and what the diagnosis makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from vitessctl import releases
from vitessctl.diagnose import diagnose

FILES = sorted((Path(__file__).parent / "starts").glob("*.yaml"))

RULES = {
    "a flag that nobody knows": "unknown-flag",
    "a flag of another component": "unknown-flag",
    "a flag of one dash": "single-dash",
    "a value that is no number": "flag-value",
    "a switch that is none": "flag-value",
    "a duration without a unit": "flag-value",
    "a value is missing": "flag-without-value",
    "no topology flags": "topology-address",
    "a topology nobody knows": "topology-implementation",
    "no etcd there": "topology-unreachable",
    "a port that is taken": "port-in-use",
    "a gRPC port that is taken": "port-in-use",
    "no cell": "cell-missing",
    "a cell nobody knows": "cell-unknown",
    "no cells to watch": "watched-cells-missing",
    "a watched cell nobody knows": "watched-cell-unknown",
    "no tablet types to wait for": "flag-required",
    "a tablet type nobody knows": "flag-value",
    "no users file": "no-auth-server",
    "no alias": "tablet-path",
    "an alias that is none": "tablet-path",
    "no my.cnf": "my-cnf-missing",
    "no keyspace named": "keyspace-missing",
    "a primary to be": "tablet-type",
    "no uid": "init-sql-missing",
    "no file of first statements": "init-sql-missing",
}
"""The rule that a case is to be recognised by, in every release where the server ends."""

WITH_GO_FLAGS = {
    "a flag of one dash": "unknown-flag",  # one dash or two are the same
    "no cell": "cell-unknown",  # it has a default then, test_nj
}
"""What differs until 14."""

OTHERWISE = {
    ("2.1", "vttablet", "a cell nobody knows"): None,  # `CreateTablet failed: node doesn't exist` may be anything
}


def cases() -> list[Any]:
    return [
        pytest.param(record["release"], case, id=f"{record['release']}-{case['server']}-{case['name']}")
        for path in FILES
        for record in [yaml.safe_load(path.read_text(encoding="utf-8"))]
        for case in record["cases"]
    ]


@pytest.mark.parametrize(("release", "case"), cases())
def test_a_server_that_ended_is_diagnosed(release: str, case: dict[str, Any]) -> None:
    if case["exit"] == "runs on":
        return
    found = diagnose(case["says"], release, case["server"])
    assert (found.rule if found else None) == expected_rule(release, case["server"], case["name"])


def expected_rule(release: str, server: str, name: str) -> str | None:
    if (release, server, name) in OTHERWISE:
        return OTHERWISE[release, server, name]
    return (WITH_GO_FLAGS if releases.get(release).flag_parser == "go" else {}).get(name, RULES[name])


@pytest.mark.parametrize(("release", "case"), cases())
def test_the_catalogue_knows_the_flags_that_the_server_took(release: str, case: dict[str, Any]) -> None:
    refused = [word for word in case["flags"] if not releases.get(release).accepts(case["server"], _name(word))]
    refusing = case["name"] in ("a flag that nobody knows", "a flag of one dash", "a flag of another component")
    assert bool(refused) is refusing, refused


def _name(word: str) -> str:
    return word.partition("=")[0].lstrip("-")
