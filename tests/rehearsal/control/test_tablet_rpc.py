"""The contract over the wire: what one side is asked the other side hears, answers, and refuses alike."""

from __future__ import annotations

import inspect
import time
from collections.abc import Iterator
from typing import Any, get_type_hints

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rehearsal.control.fake_tablets import FakeTablet
from tests.rehearsal.control.programs import free_port
from tests.rehearsal.control.rig import ONE, TWO, Rig, rig
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.rpc import RpcServer
from vitessctl.rehearsal.tablet_client import QueryClient, TabletClient, open_channel, refused_text
from vitessctl.rehearsal.tablet_rpc import (
    MANAGER_METHODS,
    MANAGER_SERVICE,
    QUERY_METHODS,
    QUERY_SERVICE,
    QUERY_STREAMS,
    ExecuteResult,
    HealthReport,
    QueryResult,
    QueryService,
    TabletError,
    TabletManager,
)
from vitessctl.rehearsal.tablet_server import manager_handler, query_handler
from vitessctl.rehearsal.tablet_wire import STATUS_CODES, decode, encode, go_name


class Query:
    """A query service that says what it was asked."""

    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []

    def execute(self, keyspace: str, shard: str, tablet_type: str, sql: str, transaction_id: int) -> ExecuteResult:
        self.heard.append((keyspace, shard, tablet_type, sql, transaction_id))
        if sql == "selec":
            raise TabletError("InvalidArgument", "syntax error (errno 1064) (sqlstate 42000)")
        rows: list[list[str | None]] = [[sql, None]]
        result: QueryResult = {"fields": [], "rows": rows, "rows_affected": 1, "insert_id": 0}
        return {"result": result, "transaction_id": transaction_id}

    def begin(self, keyspace: str, shard: str, tablet_type: str) -> int:
        return 7

    def commit(self, keyspace: str, shard: str, tablet_type: str, transaction_id: int) -> None:
        self.heard.append(("commit", transaction_id))

    def rollback(self, keyspace: str, shard: str, tablet_type: str, transaction_id: int) -> None:
        self.heard.append(("rollback", transaction_id))

    def stream_health(self) -> Iterator[HealthReport]:
        for number in range(3):
            yield {
                "alias": ONE,
                "keyspace": "ks",
                "shard": "0",
                "type": "primary",
                "serving": number == 2,
                "lag_seconds": number,
                "term_start": 1.5,
                "error": "",
            }


class Wire:
    """A tablet and a query service behind a port."""

    def __init__(self, cluster: Rig) -> None:
        self.cluster = cluster
        self.query = Query()
        self.server = RpcServer(8)
        self.server.add(MANAGER_SERVICE, manager_handler(ONE, cluster.tablet(ONE)))
        self.server.add(QUERY_SERVICE, query_handler(self.query))
        self.address = f"127.0.0.1:{self.server.listen('127.0.0.1', 0)}"
        self.channel = open_channel(self.address)

    def tablet(self, seconds: float = 10.0) -> TabletClient:
        return TabletClient(self.channel, self.address, seconds)

    def queries(self, seconds: float = 10.0) -> QueryClient:
        return QueryClient(self.channel, self.address, seconds)


@pytest.fixture
def wire() -> Iterator[Wire]:
    found = Wire(rig())
    yield found
    found.channel.close()
    found.server.stop()


@pytest.mark.parametrize(
    ("protocol", "client", "methods"),
    [
        (TabletManager, TabletClient, MANAGER_METHODS.values()),
        (TabletManager, FakeTablet, MANAGER_METHODS.values()),
        (QueryService, QueryClient, [*QUERY_METHODS.values(), *QUERY_STREAMS.values()]),
    ],
)
def test_both_sides_have_every_method_with_the_same_arguments(protocol: Any, client: Any, methods: Any) -> None:
    wanted = {name for name, member in vars(protocol).items() if inspect.isfunction(member) and name[0] != "_"}

    assert set(methods) == {name for name in wanted if not name.startswith("_")}
    for name in methods:
        assert inspect.signature(getattr(client, name)) == inspect.signature(getattr(protocol, name)), name
        assert get_type_hints(getattr(client, name)).keys() == get_type_hints(getattr(protocol, name)).keys()


def test_answers_come_back_as_they_were_given(wire: Wire) -> None:
    fake = wire.cluster.tablet(ONE)

    assert wire.tablet().full_status() == fake.full_status()
    assert wire.tablet().primary_position() == fake.mysqld.executed
    assert wire.tablet().get_schema([], [], True, False)["tables"] == []
    assert wire.tablet().execute_fetch_as_dba("create table t(id int)", 10, True)["rows"] == []
    assert (
        wire.tablet().execute_multi_fetch_as_dba("select 1;select 2", 10, False)
        == [fake.execute_fetch_as_dba("select 1", 10, False)] * 2
    )
    assert "create table t(id int)" in fake.calls


def test_every_admin_call_arrives(wire: Wire) -> None:
    """With a role play that needs them all; each would raise if it did not arrive or did not fit."""
    fake, client = wire.cluster.tablet(ONE), wire.tablet()
    source = wire.cluster.tablet(TWO).mysqld.port
    for call in (client.ping, client.refresh_state, client.run_health_check, client.reload_schema):
        call()
    assert fake.calls[-4:] == ["ping", "refresh_state", "run_health_check", "reload_schema"]

    client.set_read_only()
    assert fake.mysqld.read_only
    client.set_read_write()
    assert not fake.mysqld.read_only
    assert client.demote_primary() == fake.mysqld.executed
    client.undo_demote_primary(False)
    client.set_replication_source(TWO, "127.0.0.1", source, True, False, "", 0.0)
    assert (fake.mysqld.source_port, fake.type) == (source, "replica")
    client.stop_replication()
    client.start_replication(True)
    assert client.replication_status() == fake.replication_status()
    assert client.stop_replication_and_get_status()["after"] == fake.replication_status()
    client.wait_for_position(fake.mysqld.executed, 1.0)
    client.change_type("rdonly", False)
    assert fake.type == "rdonly"
    client.promote_replica(False)
    client.populate_reparent_journal(1, "test", ONE, "")
    assert fake.journal[-1] == "test"
    client.reset_replication()
    assert client.init_primary(False) == ""
    client.init_replica(TWO, "127.0.0.1", source, "", False)
    assert fake.mysqld.source_port == source


def test_an_error_keeps_its_code_and_says_where_it_comes_from(wire: Wire) -> None:
    with pytest.raises(TabletError) as caught:
        wire.tablet().replication_status()

    assert caught.value.code == "Unknown"
    assert str(caught.value) == (
        f"rpc error: code = Unknown desc = TabletManager.ReplicationStatus on {ONE}: "
        "no replication status (errno 100) (sqlstate HY000)"
    )


def test_a_dead_mysqld_is_nested_as_vitess_nests_it(wire: Wire) -> None:
    wire.cluster.tablet(ONE).mysqld.alive = False

    with pytest.raises(TabletError) as caught:
        wire.tablet().primary_position()

    assert str(caught.value).startswith(
        f"rpc error: code = Unavailable desc = TabletManager.PrimaryPosition on {ONE}: net.Dial("
    )
    wire.tablet().ping()


def test_a_tablet_that_is_gone_hangs_until_the_deadline() -> None:
    address = f"127.0.0.1:{free_port()}"
    began = time.monotonic()

    with pytest.raises(TabletError) as caught:
        TabletClient(open_channel(address), address, 0.4).ping()

    assert time.monotonic() - began > 0.35
    assert (caught.value.code, caught.value.text) == ("DeadlineExceeded", refused_text(address))


def test_who_does_not_want_to_wait_is_told_at_once() -> None:
    address = f"127.0.0.1:{free_port()}"
    began = time.monotonic()

    with pytest.raises(TabletError) as caught:
        TabletClient(open_channel(address), address, 30.0, wait=False).ping()

    assert time.monotonic() - began < 10
    assert caught.value.code == "Unavailable"


def test_a_tablet_that_comes_up_meanwhile_is_found() -> None:
    cluster = rig()
    port = free_port()
    client = TabletClient(open_channel(f"127.0.0.1:{port}"), f"127.0.0.1:{port}", 10.0)
    with pytest.raises(TabletError):
        TabletClient(open_channel(f"127.0.0.1:{port}"), f"127.0.0.1:{port}", 0.1).ping()
    server = RpcServer(2)
    server.add(MANAGER_SERVICE, manager_handler(ONE, cluster.tablet(ONE)))
    server.listen("127.0.0.1", port)

    client.ping()

    server.stop()


def test_queries(wire: Wire) -> None:
    client = wire.queries()

    transaction = client.begin("ks", "0", "primary")
    answer = client.execute("ks", "0", "primary", "insert 'ü'", transaction)
    client.commit("ks", "0", "primary", transaction)
    client.rollback("ks", "0", "primary", 8)

    assert (transaction, answer["transaction_id"], answer["result"]["rows"]) == (7, 7, [["insert 'ü'", None]])
    assert wire.query.heard == [("ks", "0", "primary", "insert 'ü'", 7), ("commit", 7), ("rollback", 8)]


def test_a_querys_error_is_not_decorated(wire: Wire) -> None:
    with pytest.raises(TabletError) as caught:
        wire.queries().execute("ks", "0", "primary", "selec", 0)

    assert (caught.value.code, caught.value.text) == (
        "InvalidArgument",
        "syntax error (errno 1064) (sqlstate 42000)",
    )


def test_the_health_stream_ends_with_the_server(wire: Wire) -> None:
    reports = list(wire.queries().stream_health())

    assert [(report["serving"], report["lag_seconds"]) for report in reports] == [(False, 0), (False, 1), (True, 2)]


def test_unknown_methods_and_services_have_gos_words(wire: Wire) -> None:
    said = {}
    for path in ("/rehearsal.Tablet/Nope", "/nosuch.Service/Nope"):
        with pytest.raises(grpc.RpcError) as caught:
            wire.channel.unary_unary(path)(b"", timeout=5)
        said[path] = (caught.value.code(), caught.value.details())

    assert said == {
        "/rehearsal.Tablet/Nope": (
            grpc.StatusCode.UNIMPLEMENTED,
            "unknown method Nope for service rehearsal.Tablet",
        ),
        "/nosuch.Service/Nope": (grpc.StatusCode.UNIMPLEMENTED, "unknown service nosuch.Service"),
    }


def test_health_checks(wire: Wire) -> None:
    check = wire.channel.unary_unary("/grpc.health.v1.Health/Check")

    assert check(b"", timeout=5) == b"\x08\x01"
    assert check(b"\n\x10rehearsal.Tablet", timeout=5) == b"\x08\x01"
    with pytest.raises(grpc.RpcError) as caught:
        check(b"\n\x04nope", timeout=5)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


def test_two_servers_do_not_share_a_port(wire: Wire) -> None:
    port = wire.address.rpartition(":")[2]

    with pytest.raises(StartError) as caught:
        RpcServer(1).listen("127.0.0.1", int(port))

    assert caught.value.text == (
        f"Cannot listen on port {port} for gRPC: listen tcp 127.0.0.1:{port}: bind: address already in use"
    )


@given(st.recursive(st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner), max_leaves=10))
def test_bodies_are_json(value: Any) -> None:
    assert decode(encode(value)) == value


def test_bytes_that_are_not_utf_8_survive() -> None:
    text = b"\xff\x00ok".decode("utf-8", "surrogateescape")

    assert decode(encode({"value": text}))["value"].encode("utf-8", "surrogateescape") == b"\xff\x00ok"


def test_codes_have_the_names_that_go_prints() -> None:
    assert go_name(grpc.StatusCode.DEADLINE_EXCEEDED) == "DeadlineExceeded"
    assert {"Unknown", "InvalidArgument", "Unavailable", "Aborted", "Canceled", "NotFound", "OK"} <= set(STATUS_CODES)
