"""A vttablet by itself: its record, when it serves, what it refuses."""

from __future__ import annotations

import pytest

from tests.rehearsal.data.rig import Rig, eventually
from vitessctl.vtctld.proto import topodata_pb2 as topodata

pytestmark = pytest.mark.rehearsal


@pytest.fixture
def cell(rig: Rig) -> Rig:
    """etcd with the record of zone1."""
    rig.etcd()
    info = topodata.CellInfo(server_address=rig.topology_address, root="/vitess/zone1")
    rig.topology().create_cell("zone1", info)
    return rig


def test_whole_life(cell: Rig) -> None:
    for uid in (100, 101):
        cell.mysqlctld(uid)
        cell.vttablet(uid)
    assert cell.page(100, "/healthz") == (500, "500 internal server error: vttablet is not serving\n")
    position = cell.tablet(100).init_primary(semi_sync=True)
    print(position)
    assert cell.healthy(100)
    cell.tablet(101).set_replication_source(
        "zone1-0000000100", "127.0.0.1", cell.mysql_ports[100], True, True, position, 5
    )
    eventually("replica serves", lambda: cell.healthy(101))
    print(cell.tablet(101).full_status(), cell.tablet(100).full_status())
    print(cell.variables(100))
