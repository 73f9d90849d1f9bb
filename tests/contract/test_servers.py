"""The client against a vtctld and an etcd, stand-ins always and real ones where they are: what needs no tablet.

So the two agree, as far as these examples go.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator

import pytest

from tests.support import real
from vitessctl import releases
from vitessctl.vtctld.client import connect
from vitessctl.vtctld.errors import (
    DeadlineError,
    InvalidRequestError,
    NodeExistsError,
    NodeMissingError,
    NoTabletsError,
    TopologyUnavailableError,
    VtctldUnreachableError,
)
from vitessctl.vtctld.interface import Vtctld
from vitessctl.vtctld.records import CellRecord, KeyspaceRecord, ShardRecord

KINDS = [
    pytest.param(real.STAND_INS, id="stand-ins", marks=pytest.mark.rehearsal),
    pytest.param(real.REAL, id="real", marks=pytest.mark.real),
]


@pytest.fixture(scope="module", params=KINDS)
def etcd(request: pytest.FixtureRequest) -> Iterator[real.Server]:
    programs: real.Programs = request.param
    programs.command("vtctld")
    with real.server_folder(programs) as folder, real.etcd(programs, folder) as server:
        yield server


@pytest.fixture(scope="module")
def topology_address(etcd: real.Server) -> str:
    return etcd.address


@pytest.fixture(scope="module")
def address(etcd: real.Server) -> Iterator[str]:
    programs = etcd.programs
    with real.server_folder(programs) as folder, real.vtctld(programs, folder, etcd.address) as server:
        yield server.address


@pytest.fixture
def vtctld(address: str) -> Iterator[Vtctld]:
    client = connect(address, releases.get("24"))
    yield client
    client.close()


def test_cells_are_registered_read_and_changed(vtctld: Vtctld, topology_address: str) -> None:
    assert vtctld.cell("zone1") is None
    zone1 = CellRecord("zone1", topology_address, "/vitess/zone1")

    vtctld.add_cell(zone1)
    assert vtctld.cell("zone1") == zone1
    assert vtctld.cells() == ("zone1",)
    with pytest.raises(NodeExistsError, match="cell zone1 is there already"):
        vtctld.add_cell(zone1)

    moved = CellRecord("zone1", topology_address, "/vitess/elsewhere")
    vtctld.update_cell(moved)
    vtctld.update_cell(moved)
    assert vtctld.cell("zone1") == moved


def test_a_cell_needs_a_root(vtctld: Vtctld) -> None:
    with pytest.raises(InvalidRequestError, match="a cell needs a root"):
        vtctld.add_cell(CellRecord("zone9", "127.0.0.1:1", ""))


def test_keyspaces_keep_their_durability_and_sidecar(vtctld: Vtctld) -> None:
    commerce = KeyspaceRecord("commerce", "semi_sync", "_vt")
    vtctld.create_keyspace(commerce)
    assert vtctld.keyspace("commerce") == commerce
    assert vtctld.keyspace("nowhere") is None

    vtctld.set_durability("commerce", "none")
    assert KeyspaceRecord("commerce", "none", "_vt") in vtctld.keyspaces()
    with pytest.raises(InvalidRequestError, match="there is no durability policy bogus"):
        vtctld.set_durability("commerce", "bogus")
    with pytest.raises(NodeExistsError, match="keyspace commerce is there already"):
        vtctld.create_keyspace(commerce)
    with pytest.raises(InvalidRequestError, match="com/merce is no name"):
        vtctld.create_keyspace(KeyspaceRecord("com/merce", ""))


def test_shards_without_tablets_have_no_primary(vtctld: Vtctld, topology_address: str) -> None:
    vtctld.add_cell(CellRecord("zone2", topology_address, "/vitess/zone2"))  # without any cell nobody lists tablets
    vtctld.create_keyspace(KeyspaceRecord("sharded", "semi_sync"))
    assert vtctld.shards("sharded") == ()
    assert vtctld.shard("sharded", "-80") is None
    assert vtctld.tablets("sharded", "-80") == ()

    for shard in ("-80", "80-"):
        vtctld.create_shard("sharded", shard)
    assert vtctld.shards("sharded") == (
        ShardRecord("sharded", "-80", "", True),
        ShardRecord("sharded", "80-", "", True),
    )
    assert vtctld.shard("sharded", "-80") == ShardRecord("sharded", "-80", "", True)
    assert vtctld.tablets("sharded", "-80") == ()
    assert vtctld.tablets() == ()
    with pytest.raises(NodeExistsError, match="shard sharded/-80 is there already"):
        vtctld.create_shard("sharded", "-80")


def test_a_shard_without_tablets_elects_nobody(vtctld: Vtctld) -> None:
    vtctld.create_keyspace(KeyspaceRecord("empty", "none"))
    vtctld.create_shard("empty", "0")
    with pytest.raises(NoTabletsError, match="cannot find a tablet to reparent to"):
        vtctld.plan_reparent("empty", "0", seconds=1)
    with pytest.raises(NoTabletsError, match="no valid candidates"):
        vtctld.emergency_reparent("empty", "0", seconds=1)
    with pytest.raises(NodeMissingError, match="there is no shard nowhere/0"):
        vtctld.plan_reparent("nowhere", "0", seconds=1)


def test_a_vschema_comes_back_as_it_was_written(vtctld: Vtctld) -> None:
    vtctld.create_keyspace(KeyspaceRecord("routed", "none"))
    assert vtctld.vschema("routed") == "{}"
    vschema = {
        "sharded": True,
        "vindexes": {"spread": {"type": "xxhash"}},
        "tables": {"orders": {"column_vindexes": [{"column": "id", "name": "spread"}]}},
    }
    vtctld.apply_vschema("routed", json.dumps(vschema))
    assert json.loads(vtctld.vschema("routed")) == vschema

    vschema["vindexes"] = {}
    with pytest.raises(InvalidRequestError, match="vindex spread not found for table orders"):
        vtctld.apply_vschema("routed", json.dumps(vschema))


def test_what_is_about_a_tablet_that_is_not_there(vtctld: Vtctld) -> None:
    alias = "zone1-0000000999"
    for call in (vtctld.full_status, vtctld.start_replication, vtctld.schema, vtctld.delete_tablet):
        with pytest.raises(NodeMissingError, match="zone1-0000000999"):
            call(alias)  # type: ignore[operator]


def test_an_etcd_that_hangs_ends_in_a_deadline(address: str, etcd: real.Server) -> None:
    """vtctld waits with it, and we with vtctld, but not for ever. Whose clock ends first decides the class."""
    client = connect(address, releases.get("24"), timeout=0.5)
    assert client.cells() is not None
    etcd.process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, etcd.process.pid, os.WSTOPPED | os.WNOWAIT)
    try:
        with pytest.raises((DeadlineError, TopologyUnavailableError), match="Look whether etcd runs"):
            client.keyspaces()
    finally:
        etcd.process.send_signal(signal.SIGCONT)
    assert connect(address, releases.get("24")).keyspaces() is not None


def test_a_vtctld_that_is_not_there() -> None:
    client = connect(f"127.0.0.1:{real.free_port()}", releases.get("24"))
    with pytest.raises(VtctldUnreachableError, match="vtctld does not answer"):
        client.cells()
