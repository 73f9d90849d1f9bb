"""vtctld's stand-in answers as the real one was recorded to, call by call."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.rehearsal.control.rig import rig
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.vtctld.server import HANDLERS
from vitessctl.vtctld.methods import METHODS

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "vtctld.yaml").read_text())


def test_answers() -> None:
    """One story: each call finds what the ones before it left."""
    cluster = rig()
    differences = []
    for case in CASES:
        if case.get("given") == "ks3 has a shard":
            cluster.topology.create_shard("ks3", "0")
        wanted = {name: case[name] for name in ("response", "error") if name in case}
        got = answer(cluster, case["call"], case.get("request", {}))
        if got != wanted:
            differences.append((case["call"], case.get("request"), wanted, got))

    assert differences == []


def answer(cluster: Any, name: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return {"response": cluster.call_json(name, request)}
    except (Refused, TopologyError, TabletError) as error:
        return {"error": str(error)}


def test_every_call_that_the_client_knows_has_a_handler() -> None:
    assert set(HANDLERS) == set(METHODS)


def test_every_call_is_in_the_story() -> None:
    elsewhere = {"ExecuteFetchAsApp", "GetFullStatus", "StartReplication", "StopReplication", "ValidateShard"}

    assert {case["call"] for case in CASES} | elsewhere == set(METHODS)
