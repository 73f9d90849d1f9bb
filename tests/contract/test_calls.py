"""What the client sends for each call, and what it makes of the answer of a real vtctld."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.cases import hexadecimal, load
from tests.contract.replay import ANY, Exchange, replay
from vitessctl import releases
from vitessctl.errors import ExitCode, NotReadyError, UnreachableError
from vitessctl.vtctld import errors
from vitessctl.vtctld.client import connect
from vitessctl.vtctld.records import CellRecord, KeyspaceRecord

RELEASE = releases.get("24")
RECORDS = {"add_cell": CellRecord, "update_cell": CellRecord, "create_keyspace": KeyspaceRecord}
ALIAS = "zone1-0000000100"


def plain(value: Any) -> Any:
    """Records as maps, tuples as lists."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(dataclasses.asdict(value))
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def arguments(case: dict[str, Any]) -> dict[str, Any]:
    given = dict(case["args"])
    if record := given.pop("record", None):
        kind = RECORDS[case["call"]]
        name = "keyspace" if kind is KeyspaceRecord else "cell"
        given[name] = kind(**record)
    return given


def answered_within(seconds: float, call: Callable[[], Any]) -> Any:
    """What a call gives as soon as the server is there."""
    end = time.monotonic() + seconds
    while True:
        try:
            return call()
        except UnreachableError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


@pytest.mark.parametrize("case", load("calls"))
def test_a_call_and_its_answer(case: dict[str, Any]) -> None:
    exchange = Exchange(case["rpc"], case["request"], hexadecimal(case["answer"]))
    with replay([exchange]) as server:
        client = connect(server.address, RELEASE)
        assert plain(getattr(client, case["call"])(**arguments(case))) == case["gives"]
        client.close()
    assert server.deadlines == [pytest.approx(case["deadline"], abs=3)]


def test_every_call_of_the_interface_has_a_case() -> None:
    from vitessctl.vtctld.interface import Vtctld

    calls = {name for name in vars(Vtctld) if not name.startswith("_")}
    seen = {case.values[0]["call"] for case in load("calls")}
    assert calls - seen == {"close", "delete_tablet", "backup"}


MISSING = ("UNKNOWN", "node doesn't exist: /vitess/global/keyspaces/nope/Keyspace")


@pytest.mark.parametrize(
    ("call", "args", "rpc", "gives"),
    [
        ("cell", ["nope"], "GetCellInfo", None),
        ("keyspace", ["nope"], "GetKeyspace", None),
        ("shard", ["nope", "0"], "GetShard", None),
        ("shards", ["nope"], "FindAllShardsInKeyspace", ()),
        ("tablets", ["nope", "0"], "GetTablets", ()),
        ("vschema", ["nope"], "GetVSchema", "{}"),
        ("served_keyspaces", ["nope"], "GetSrvVSchema", ()),
    ],
)
def test_absent_records_are_no_errors(call: str, args: list[str], rpc: str, gives: Any) -> None:
    with replay([Exchange(rpc, ANY, status=MISSING)]) as server:
        assert getattr(connect(server.address, RELEASE), call)(*args) == gives


def test_tablets_of_a_cell_that_vanished_are_an_error() -> None:
    """An incomplete list must not pass for a whole one."""
    status = ("UNKNOWN", "GetTabletsByCell(zone2) failed: node doesn't exist: /vitess/global/cells/zone2/CellInfo")
    with (
        replay([Exchange("GetTablets", {"strict": True}, status=status)]) as server,
        pytest.raises(errors.NodeMissingError, match="there is no cell zone2"),
    ):
        connect(server.address, RELEASE).tablets()


def test_a_primarys_record_is_not_deleted_by_mistake() -> None:
    wanted = {"tablet_aliases": [{"cell": "zone1", "uid": 100}]}
    refused = ("UNKNOWN", f"cannot delete tablet {ALIAS} as it is a primary, pass AllowPrimary = true")
    exchanges = [
        Exchange("DeleteTablets", wanted, status=refused),
        Exchange("DeleteTablets", wanted | {"allow_primary": True}),
    ]
    with replay(exchanges) as server:
        client = connect(server.address, RELEASE)
        with pytest.raises(errors.RefusedError, match="is the primary of its shard"):
            client.delete_tablet(ALIAS)
        client.delete_tablet(ALIAS, allow_primary=True)


def test_an_error_says_what_where_why_and_what_to_do() -> None:
    status = ("UNKNOWN", "node already exists: /vitess/global/cells/zone1/CellInfo")
    with replay([Exchange("AddCellInfo", ANY, status=status)]) as server:
        with pytest.raises(errors.NodeExistsError) as caught:
            connect(server.address, RELEASE).add_cell(CellRecord("zone1", "etcd:2379", "/vitess/zone1"))
        assert str(caught.value) == (
            f"AddCellInfo of zone1 at {server.address}: cell zone1 is there already\n"
            "  why: its record is in the topology\n"
            "  fix: Nothing has to be done if it is as wanted; else change it in place of creating it."
        )
        assert caught.value.rpc == "AddCellInfo"


def test_a_server_that_hangs_is_left_at_the_deadline() -> None:
    with (
        replay([Exchange("GetFullStatus", ANY, hangs=True)]) as server,
        pytest.raises(errors.DeadlineError) as caught,
    ):
        connect(server.address, RELEASE).full_status(ALIAS, seconds=0.2)
    assert isinstance(caught.value, NotReadyError)
    assert caught.value.why == f"no answer within 0.2 s: vtctld waits for vttablet {ALIAS}, which does not answer"


def test_a_vtctld_that_is_not_there_is_unreachable_at_once() -> None:
    with replay([]) as server:
        address = server.address
    with pytest.raises(UnreachableError) as caught:
        connect(address, RELEASE).cells()
    assert isinstance(caught.value, errors.VtctldUnreachableError)
    assert caught.value.why == "nobody listens there (connection refused)"
    assert caught.value.exit_code is ExitCode.UNREACHABLE


def test_a_vtctld_that_comes_later_is_found() -> None:
    """The connection is made anew without a new client."""
    exchange = Exchange("GetCellInfoNames", {}, bytes.fromhex("0a057a6f6e6531"))
    with replay([]) as gone:
        address = gone.address
    client = connect(address, RELEASE)
    with pytest.raises(UnreachableError):
        client.cells()
    with replay([exchange], address) as server:
        assert server.address == address
        assert answered_within(5, client.cells) == ("zone1",)


SHARD_ANSWER = bytes.fromhex(
    "0a2f0a0d6775657374626f6f6b5f6170701201301a1b0a090a057a6f6e653110643801420c08a6c58cd80610e0e9c7d703"
)
"""Shard guestbook_app/0, primary zone1-0000000100."""


@pytest.mark.parametrize(
    ("call", "rpc"), [("plan_reparent", "PlannedReparentShard"), ("emergency_reparent", "EmergencyReparentShard")]
)
def test_releases_without_expected_primary_are_looked_at_before(call: str, rpc: str) -> None:
    look = Exchange("GetShard", {"keyspace": "guestbook_app", "shard_name": "0"}, SHARD_ANSWER)
    reparent = {"keyspace": "guestbook_app", "shard": "0", "wait_replicas_timeout": {"seconds": "30"}}
    promoted = bytes.fromhex("1a090a057a6f6e65311064")
    with replay([look, Exchange(rpc, reparent, promoted), look]) as server:
        client = connect(server.address, releases.get("20"))
        assert getattr(client, call)("guestbook_app", "0", expected_primary=ALIAS) == ALIAS
        with pytest.raises(errors.ExpectedPrimaryError) as caught:
            getattr(client, call)("guestbook_app", "0", expected_primary="zone1-0000000101")
    assert caught.value.why == (
        "its primary is zone1-0000000100, not zone1-0000000101: vtorc or somebody else elected meanwhile"
    )


def test_a_release_without_sidecar_names_is_sent_none() -> None:
    with replay([Exchange("CreateKeyspace", {"name": "commerce", "durability_policy": "none"})]) as server:
        connect(server.address, releases.get("16")).create_keyspace(KeyspaceRecord("commerce", "none", "_vt"))


def test_an_alias_that_is_none_is_never_sent() -> None:
    client = connect("127.0.0.1:1", RELEASE)
    for wrong in ("", "zone1", "zone1-", "-100", "zone1-1e3", "zone1-99999999999"):
        with pytest.raises(errors.InvalidRequestError, match="is no tablet alias"):
            client.full_status(wrong)


def test_a_vschema_that_is_none_is_never_sent() -> None:
    client = connect("127.0.0.1:1", RELEASE)
    with pytest.raises(errors.InvalidRequestError, match="this is no VSchema") as caught:
        client.apply_vschema("commerce", '{"tabels": {}}')
    assert "tabels" in caught.value.why
