"""What a vttablet makes of its command line and of the topology: settings, roles, records."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rehearsal.control.memory_etcd import memory_topology
from tests.rehearsal.data.shard import flags
from vitessctl import releases
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.flags import Flags
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import from_nanoseconds, nanoseconds_of
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.rehearsal.vttablet.registration import (
    check_cell,
    claim_shard,
    create_keyspace_and_shard,
    first_record,
    needs_acknowledgements,
    stopped_record,
)
from vitessctl.rehearsal.vttablet.settings import Settings, read_settings
from vitessctl.vtctld.proto import topodata_pb2 as topodata

ROLES = yaml.safe_load((Path(__file__).parent / "recorded/roles.yaml").read_text())
SELF = topodata.TabletAlias(cell="zone1", uid=100)
OTHER = topodata.TabletAlias(cell="zone1", uid=101)

NEWEST = releases.get("24")


@pytest.fixture
def topology() -> Topology:
    return memory_topology("zone1")


def settings(*more: str) -> Settings:
    return read_settings(flags("zone1-0000000100", *more), NEWEST)


# Roles


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in ROLES])
def test_the_role_at_a_start(topology: Topology, case: dict[str, Any], capfd: pytest.CaptureFixture[str]) -> None:
    own = settings(*(f"{name}={value}" for name, value in case.get("flags", {}).items()))
    create_keyspace_and_shard(topology, own)
    if "record" in case:
        old = topodata.Tablet(alias=SELF, keyspace="ks", shard="0", type=case["record"]["type"])
        if "term" in case["record"]:
            old.primary_term_start_time.CopyFrom(from_nanoseconds(case["record"]["term"]))
        topology.save_tablet(old)
    if "shard" in case:
        name_primary(topology, SELF if case["shard"]["primary"] == "self" else OTHER, case["shard"]["term"])
    record = first_record(topology, own, Log("vttablet"), 17100)
    assert topodata.TabletType.Name(record.type).lower() == case["becomes"]
    term = nanoseconds_of(record.primary_term_start_time)
    if case.get("term") == "new":
        assert abs(term / 1e9 - time.time()) < 60
    else:
        assert term == case.get("term", 0)
    assert case.get("says", "") in capfd.readouterr().err


def name_primary(topology: Topology, alias: topodata.TabletAlias, term: int) -> None:
    def change(shard: topodata.Shard) -> bool:
        shard.primary_alias.CopyFrom(alias)
        shard.primary_term_start_time.CopyFrom(from_nanoseconds(term))
        return True

    topology.update_shard("ks", "0", change)


@pytest.mark.parametrize(("standing", "claimed", "wins"), [(0, 5, True), (4, 5, True), (5, 5, False), (6, 5, False)])
def test_a_shard_is_claimed_by_the_newer_term(topology: Topology, standing: int, claimed: int, wins: bool) -> None:
    create_keyspace_and_shard(topology, settings())
    if standing:
        name_primary(topology, OTHER, standing)
    record = topodata.Tablet(alias=SELF, keyspace="ks", shard="0", type=topodata.PRIMARY)
    record.primary_term_start_time.CopyFrom(from_nanoseconds(claimed))
    stands = claim_shard(topology, record)
    assert (stands.primary_alias == SELF) is wins
    assert topology.shard("ks", "0") == stands


# Records


def test_keyspace_and_shard_are_made_once_and_left_alone_later(topology: Topology) -> None:
    create_keyspace_and_shard(topology, settings())
    assert topology.keyspace("ks").durability_policy == ""
    assert topology.srv_keyspace("zone1", "ks").partitions[0].shard_references[0].name == "0"
    assert "ks" in topology.srv_vschema("zone1").keyspaces
    topology.update_keyspace("ks", topodata.Keyspace(durability_policy="semi_sync"))
    name_primary(topology, OTHER, 5)
    create_keyspace_and_shard(topology, settings())
    assert topology.keyspace("ks").durability_policy == "semi_sync"
    assert topology.shard("ks", "0").primary_alias == OTHER


def test_shards_of_a_sharded_keyspace_have_their_ranges(topology: Topology) -> None:
    for shard in ("-80", "80-"):
        create_keyspace_and_shard(topology, settings(f"init-shard={shard}"))
    assert topology.shard("ks", "-80").key_range == topodata.KeyRange(end=b"\x80")
    names = [part.name for part in topology.srv_keyspace("zone1", "ks").partitions[0].shard_references]
    assert names == ["-80", "80-"]


def test_half_of_a_sharded_keyspace_is_no_reason_to_stop(topology: Topology) -> None:
    create_keyspace_and_shard(topology, settings("init-shard=-80"))
    assert topology.shard("ks", "-80").is_primary_serving
    with pytest.raises(TopologyError):
        topology.srv_keyspace("zone1", "ks")


def test_a_cell_without_a_record_is_a_panic(topology: Topology) -> None:
    own = read_settings(flags("nope-0000000100"), NEWEST)
    with pytest.raises(StartError) as ended:
        check_cell(topology, own)
    assert ended.value.code == 2
    assert ended.value.text.startswith(
        "node doesn't exist: /vitess/global/cells/nope/CellInfo: UpdateSrvVSchema(nope) failed\npanic: "
    )
    check_cell(topology, settings())


def test_a_clean_stop_leaves_type_term_and_mysql_port(topology: Topology) -> None:
    create_keyspace_and_shard(topology, settings())
    record = first_record(topology, settings(), Log("vttablet"), 17100)
    record.type = topodata.PRIMARY
    record.primary_term_start_time.CopyFrom(from_nanoseconds(5))
    stopped = stopped_record(record, NEWEST)
    assert abs(nanoseconds_of(stopped.tablet_shutdown_time) / 1e9 - time.time()) < 60
    stopped.ClearField("tablet_shutdown_time")
    wanted = topodata.Tablet(
        alias=SELF, keyspace="ks", shard="0", type=topodata.PRIMARY, mysql_port=17100, default_conn_collation=255
    )
    wanted.primary_term_start_time.CopyFrom(from_nanoseconds(5))
    assert stopped == wanted
    assert record.hostname == "127.0.0.1", "the record in use is not touched"


def test_another_database_name_is_in_the_record(topology: Topology) -> None:
    own = settings("init-db-name-override=legacy")
    create_keyspace_and_shard(topology, own)
    assert own.database == "legacy"
    assert first_record(topology, own, Log("vttablet"), 17100).db_name_override == "legacy"


@pytest.mark.parametrize(
    ("policy", "replica", "rdonly"),
    [
        ("", False, False),
        ("none", False, False),
        ("semi_sync", True, False),
        ("cross_cell", True, False),
        ("semi_sync_with_rdonly_ack", True, True),
        ("cross_cell_with_rdonly_ack", True, True),
    ],
)
def test_who_confirms(policy: str, replica: bool, rdonly: bool) -> None:
    assert needs_acknowledgements(policy, topodata.REPLICA) is replica
    assert needs_acknowledgements(policy, topodata.RDONLY) is rdonly
    assert not needs_acknowledgements(policy, topodata.SPARE)


# Settings


def test_what_the_command_line_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VTDATAROOT", "/data")
    more = ("restore-from-backup=true", "backup-storage-implementation=file", "onterm-timeout=1s")
    made = read_settings(flags("zone1-100", *more), NEWEST)
    assert made == Settings(
        alias=SELF,
        keyspace="ks",
        shard="0",
        type=topodata.REPLICA,
        hostname="127.0.0.1",
        http_port=15100,
        grpc_port=16100,
        database="vt_ks",
        config_file=Path("/data/vt_0000000100/my.cnf"),
        restores=True,
        on_term_seconds=1.0,
        release=NEWEST,
    )
    assert made.name == "zone1-0000000100"


def test_what_is_not_said_has_vitess_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VTDATAROOT", raising=False)
    given = {"tablet-path": "zone1-7", "init-keyspace": "ks", "init-shard": "0", "init-tablet-type": "replica"}
    made = read_settings(Flags(given), NEWEST)
    assert made.config_file == Path("/vt/vt_0000000007/my.cnf")
    assert (made.restores, made.on_term_seconds, made.hostname) == (False, 10.0, socket.gethostname())
    named = read_settings(Flags(given | {"mycnf-file": "/etc/my.cnf"}), NEWEST)
    assert named.config_file == Path("/etc/my.cnf")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"tablet-path": "zone1"}, "invalid tablet alias: 'zone1', expecting format:"),
        ({"tablet-path": "zone1-abc"}, "invalid tablet alias: 'zone1-abc', expecting format:"),
        ({"init-keyspace": ""}, "init-keyspace and init-shard must be specified"),
        ({"init-shard": ""}, "init-keyspace and init-shard must be specified"),
        ({"init-tablet-type": "primary"}, "invalid init-tablet-type PRIMARY; can only be REPLICA, RDONLY or SPARE"),
        ({"init-tablet-type": "master"}, "invalid init-tablet-type PRIMARY; can only be REPLICA, RDONLY or SPARE"),
        ({"init-tablet-type": "drained"}, "invalid init-tablet-type DRAINED; can only be REPLICA, RDONLY or SPARE"),
        ({"init-tablet-type": "nosuch"}, "unknown TabletType nosuch"),
    ],
)
def test_command_lines_that_are_refused(changed: dict[str, str], text: str) -> None:
    given = {"tablet-path": "zone1-7", "init-keyspace": "ks", "init-shard": "0", "init-tablet-type": "replica"}
    with pytest.raises(StartError) as refused:
        read_settings(Flags(given | changed), NEWEST)
    assert refused.value.text.startswith("failed to parse --tablet-path: ")
    assert text in refused.value.text
    assert refused.value.code == 1
