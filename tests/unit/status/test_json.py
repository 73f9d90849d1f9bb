"""`status --output json`: the fields that programs rely on. Adding one is allowed, losing one is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.world import World, a_cluster, open_world
from tests.unit.status.looks import look
from vitessctl.report.status import status_data

CASES = Path(__file__).parent / "cases"
PROMISED: dict[str, dict[str, type | tuple[type, ...]]] = {
    "vtgate": {"cell": str, "mysql": str, "grpc": str, "http": str},
    "vtctld": {"grpc": str, "http": str},
    "shards": {"keyspace": str, "shard": str, "primary": str, "serving": bool, "state": str, "claims": list},
    "tablets": {
        "alias": str,
        "keyspace": str,
        "shard": str,
        "type": str,
        "serving": bool,
        "hostname": str,
        "lag_seconds": (int, float, type(None)),
        "differs": list,
        "state": str,
        "lacks": (int, type(None)),
        "errant": (int, type(None)),
        "address": str,
        "mysql": str,
    },
    "findings": {"id": str, "severity": str, "subject": str, "sentence": str, "cause": str, "remedy": str},
    "components": {"name": str, "component": str, "state": str, "running": bool, "pid": int, "restarts": int},
}


def written(world: World) -> dict[str, Any]:
    """The document as a program reads it."""
    data: dict[str, Any] = json.loads(json.dumps(status_data(look(world))))
    return data


def broken() -> World:
    """One with nothing to be proud of."""
    world = open_world()
    world.kill_tablet("zone1-0000000100", back_in=1e9)
    del world.topology.tablets["zone1-0000000102"]
    return world


WORLDS = {"healthy": open_world, "broken": broken, "never started": World}


def test_the_whole_document_of_a_healthy_cluster() -> None:
    expected = json.loads((CASES / "healthy.json").read_text(encoding="utf-8"))

    found = written(open_world())

    assert found.pop("seconds") >= 0
    assert found == expected


@pytest.mark.parametrize("name", WORLDS)
def test_every_promised_field_is_there_with_its_type(name: str) -> None:
    data = written(WORLDS[name]())

    assert data["cluster"] == "guestbook"
    assert data["target"] == "rehearsal"
    assert data["ready"] is (name == "healthy")
    assert data["health"].startswith("ready" if name == "healthy" else "NOT READY: ")
    assert {finding["severity"] for finding in data["findings"]} <= {"error", "unknown", "warning"}
    assert all(finding["remedy"] and finding["cause"] for finding in data["findings"])
    for part, fields in PROMISED.items():
        assert isinstance(data[part], list)
        for entry in data[part]:
            assert set(entry) == set(fields), part
            for field, kind in fields.items():
                assert isinstance(entry[field], kind), (part, field)


@pytest.mark.parametrize("name", WORLDS)
def test_addresses_are_host_and_port(name: str) -> None:
    data = written(WORLDS[name]())

    for entry in [*data["vtgate"], *data["vtctld"]]:
        for what in {"mysql", "grpc", "http"} & set(entry):
            host, _, port = entry[what].rpartition(":")
            assert host == "127.0.0.1"
            assert 1024 < int(port) < 65536


def test_tablets_and_shards_come_in_the_order_of_the_spec() -> None:
    cluster = a_cluster(keyspaces={"orders": {"shards": ["-80", "80-"], "replicas": 2}, "messages": {"rdonly": 1}})

    data = status_data(look(open_world(cluster), cluster))

    assert [(shard["keyspace"], shard["shard"]) for shard in data["shards"]] == [
        ("orders", "-80"),
        ("orders", "80-"),
        ("messages", "0"),
    ]
    assert [tablet["alias"] for tablet in data["tablets"]] == [f"zone1-{n:010d}" for n in range(100, 108)]


def test_a_broken_cluster_keeps_a_line_for_what_is_missing() -> None:
    data = written(broken())

    first, second, third = data["tablets"]
    assert (first["type"], first["serving"], first["lag_seconds"]) == ("primary", False, None)
    assert (second["type"], second["serving"], second["differs"]) == ("replica", True, [])
    assert (third["type"], third["hostname"], third["differs"]) == ("", "", ["is not in the topology"])
    (shard,) = data["shards"]
    assert (shard["primary"], shard["serving"], shard["state"]) == ("zone1-0000000100", False, "not serving")
