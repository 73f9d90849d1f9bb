"""Every inventory that comes along runs, and does what it is an example of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pymysql
import pytest

from tests.support.live import REPOSITORY, LiveCluster


@pytest.fixture
def inventory(request: pytest.FixtureRequest, flag: str, state: Path) -> Iterator[LiveCluster]:
    live = LiveCluster(state, REPOSITORY / "inventories" / request.param, flag)
    try:
        live.up()
        yield live
    finally:
        live.remove()


def ask(live: LiveCluster, database: str, sql: str, gate: int = 0, user: str = "app", password: str = "") -> list[Any]:
    host, port = live.status()["vtgate"][gate]["mysql"].split(":")
    with (
        closing(
            pymysql.connect(host=host, port=int(port), user=user, password=password, database=database, autocommit=True)
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
        return list(cursor.fetchall())


@pytest.mark.parametrize("inventory", ["sharded"], indirect=True)
def test_sharded_rows_are_spread_and_found_again(inventory: LiveCluster) -> None:
    rows = ", ".join(f"({number}, 1, 'message {number}')" for number in range(1, 41))
    ask(inventory, "messages", f"insert into messages (page, time_created_ns, message) values {rows}")

    assert ask(inventory, "messages", "select count(*) from messages") == [(40,)]
    parts = [ask(inventory, f"messages:{shard}", "select count(*) from messages")[0][0] for shard in ("-80", "80-")]
    assert sum(parts) == 40
    assert all(part > 0 for part in parts)
    inventory.wait_ready()
    for number in (1, 17, 40):
        found = ask(inventory, "messages@replica", f"select message from messages where page = {number}")
        assert found == [(f"message {number}",)]
    newest = ask(inventory, "messages", "select page from messages order by page desc limit 3")
    assert newest == [(40,), (39,), (38,)]
    assert "Nothing changed." in inventory.up()


@pytest.mark.parametrize("inventory", ["multicell"], indirect=True)
def test_a_row_written_through_one_cell_is_read_through_the_other(inventory: LiveCluster) -> None:
    status = inventory.wait_ready()
    assert [gate["cell"] for gate in status["vtgate"]] == ["zone1", "zone2"]
    keyspace = status["shards"][0]["keyspace"]

    ask(inventory, keyspace, "create table far (id int primary key)", gate=0)
    ask(inventory, keyspace, "insert into far values (7)", gate=0)

    assert ask(inventory, keyspace, "select id from far", gate=1) == [(7,)]


@pytest.mark.parametrize("inventory", ["production"], indirect=True)
def test_production_lets_in_only_its_users_and_survives_an_etcd_member(inventory: LiveCluster) -> None:
    status = inventory.wait_ready()
    keyspace = status["shards"][0]["keyspace"]
    with pytest.raises(pymysql.err.OperationalError) as refused:
        ask(inventory, keyspace, "select 1", user="stranger", password="guessed")
    assert refused.value.args[0] == 1045
    members = [component for component in status["components"] if component["component"] == "etcd"]
    assert len(members) == 3
    assert "Nothing changed." in inventory.up()
