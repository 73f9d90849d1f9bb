"""Records of a real cluster are read, shown as vtctld shows them, and written back to the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import json_format

from tests.rehearsal.control.memory_etcd import memory_topology
from tests.rehearsal.control.rig import KEYSPACE, Rig
from vitessctl.rehearsal.topology_names import alias_text, from_nanoseconds, nanoseconds_of, now, parse_alias
from vitessctl.rehearsal.vtctld.inspection import RECORDS
from vitessctl.vtctld.proto import topodata_pb2 as topodata

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "topology_records.yaml").read_text())


def content(case: dict[str, Any]) -> bytes:
    return bytes.fromhex(str(case["hex"]).replace(" ", ""))


def ids(case: dict[str, Any]) -> str:
    return f"{case['record']} {case.get('why', '')}".strip()


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_read(case: dict[str, Any]) -> None:
    message: Any = RECORDS[case["record"]].FromString(content(case))

    assert json_format.MessageToDict(message, preserving_proto_field_name=True) == case["holds"]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_written_again(case: dict[str, Any]) -> None:
    message: Any = json_format.ParseDict(case["holds"], RECORDS[case["record"]]())

    written = message.SerializeToString(deterministic=True)

    if case["record"] == "Tablet" or case.get("order_of_maps_is_free"):
        assert sorted(written) == sorted(content(case)), "only the order within maps may differ"
    else:
        assert written == content(case)


def test_the_recorded_tablets_through_vtctld() -> None:
    """A topology with just these records: one primary that was stopped, one that runs, by their terms."""
    topology = memory_topology("zone1")
    topology.create_keyspace(KEYSPACE, topodata.Keyspace(durability_policy="semi_sync"))
    topology.create_shard(KEYSPACE, "0")
    by_why = {case.get("why", ""): topodata.Tablet.FromString(content(case)) for case in CASES[:4]}
    topology.save_tablet(by_why["the primary of a running cluster"])
    topology.save_tablet(by_why["a primary that was stopped cleanly; its type stays, its address is gone"])
    cluster = Rig(topology, None)  # type: ignore[arg-type]  # no call here asks a tablet

    shown = cluster.call_json("GetTablets", {"keyspace": KEYSPACE, "shard": "0"})["tablets"]

    assert [(tablet["alias"]["uid"], tablet.get("type", "UNKNOWN")) for tablet in shown] == [
        (100, "UNKNOWN"),
        (101, "PRIMARY"),
    ]
    assert "hostname" not in shown[1]


@pytest.mark.parametrize("nanoseconds", [0, 1, 999_999_999, 1_000_000_000, 1_795_367_590_988_935_392])
def test_moments_keep_their_nanoseconds(nanoseconds: int) -> None:
    assert nanoseconds_of(from_nanoseconds(nanoseconds)) == nanoseconds


def test_the_present_moves_on() -> None:
    first = nanoseconds_of(now())

    assert nanoseconds_of(now()) >= first > 1_700_000_000 * 10**9


@pytest.mark.parametrize("text", ["zone1-100", "zone1-0000000100"])
def test_aliases_may_be_written_short(text: str) -> None:
    assert alias_text(parse_alias(text)) == "zone1-0000000100"


@pytest.mark.parametrize("text", ["zone1", "-100", "zone1-", "zone1-1x", "zone 1-1"])
def test_texts_that_are_no_alias(text: str) -> None:
    with pytest.raises(Exception, match="invalid tablet alias"):
        parse_alias(text)


def test_no_alias_is_no_text() -> None:
    assert alias_text(topodata.TabletAlias()) == ""
