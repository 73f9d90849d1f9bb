"""Records of real topologies, beside what those clusters' own vtctlds said of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from vitessctl.topology.records import Node, decode

FOLDER = Path(__file__).parent / "topology"
RELEASES = ("2.1", "12", "24")
STRANGE = "schema-migration/requests/sentry"
"""What vtctld of 10 to 13 writes to see whether it may; no message, and TopoCat fails at it."""

OLD_FIELDS = {"Shard": (3, 5), "Tablet": (3,)}
"""In 2.1 a shard's record also says which types it serves and in which cells it is, a tablet's has its IP address."""


def recorded(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def records(release: str) -> Iterator[tuple[Node, dict[str, Any]]]:
    for record in recorded(release)["records"]:
        _, cell, path = record["path"].split("/", 2)
        yield Node(cell, path, record["version"], bytes.fromhex(record["value"])), record


def same_case(value: Any) -> Any:
    """JSON with the names of fields as 24 has them; 12 writes them in camel case."""
    if isinstance(value, list):
        return [same_case(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name): same_case(each)
        for name, each in value.items()
    }


@pytest.mark.parametrize("release", RELEASES)
def test_every_record_is_known_and_what_is_left_over_of_it(release: str) -> None:
    kinds = {}
    for node, _ in records(release):
        found = decode(node)
        kinds[node.path.rpartition("/")[2]] = found.kind
        assert found.unknown_fields == (OLD_FIELDS.get(found.kind, ()) if release == "2.1" else ()), node.address
        assert bool(found.kind) != (node.path == STRANGE)

    assert kinds.keys() >= {"CellInfo", "Keyspace", "Shard", "SrvVSchema", "SrvKeyspace", "ShardReplication", "Tablet"}
    assert all(kind in (name, "") for name, kind in kinds.items())


@pytest.mark.parametrize("release", ["12", "24"])
def test_it_says_what_vtctld_said(release: str) -> None:
    compared = 0
    for node, record in records(release):
        said = record["said"]
        if isinstance(said, str):  # TopoCat cannot read it
            assert node.path == STRANGE
            continue
        expected = same_case(said) if release == "12" else said
        if "__version" in said:
            assert (said["__path"], said["__version"]) == (f"/{node.path}", str(node.version))
            expected = {name: value for name, value in expected.items() if not name.startswith("__")}
        assert decode(node).content == expected, node.address
        compared += 1

    assert compared >= 9


@pytest.mark.parametrize("lock", recorded("locks"))
def test_a_lock_tells_what_holds_it(lock: dict[str, Any]) -> None:
    node = Node("global", lock["path"], lock["version"], lock["value"].encode(), lock["lease"])

    found = decode(node)

    assert node.is_lock
    assert (found.kind, found.content["Action"], found.content["HostName"]) == ("lock", lock["action"], "vm")
