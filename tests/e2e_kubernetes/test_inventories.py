"""The inventories on a real Kubernetes: each comes up, takes rows, and is found unchanged by the next `up`.

Production runs without its node zones, which a bed of one node has not, and with less memory than a server would get.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pytest

from tests.e2e_kubernetes import reach
from tests.e2e_kubernetes.command import ROOT, Vitessctl
from tests.testbed import fixtures
from tests.testbed.fixtures import Bed

pytestmark = pytest.mark.timeout(600)

INVENTORIES = ROOT / "inventories"
SMALL = {
    component: {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "512Mi"}}
    for component in ("etcd", "vtctld", "vttablet", "mysqld", "vtorc", "vtgate")
}


@dataclass(frozen=True)
class Live:
    """A cluster of an inventory, by its name."""

    bed: Bed
    namespace: str
    name: str
    vitessctl: Vitessctl

    def ask(self, cell: str, database: str, sql: str, user: str = "app", password: str = "") -> list[tuple[Any, ...]]:
        """A query through the vtgate of a cell."""
        with reach.vtgate(self.bed, self.namespace, self.name, cell) as address:
            host, port = address.split(":")
            connection = pymysql.connect(
                host=host,
                port=int(port),
                user=user,
                password=password,
                database=database,
                autocommit=True,
                read_timeout=35,
            )
            with connection, connection.cursor() as cursor:
                cursor.execute(sql)
                return list(cursor.fetchall())


@contextmanager
def live(bed: Bed, inventory: Path, name: str, *extra: str) -> Iterator[Live]:
    """Up, and after the test found unchanged."""
    with fixtures.fresh_namespace(bed) as namespace:
        vitessctl = Vitessctl(bed, namespace, inventory, extra)
        vitessctl("up", "--yes", timeout=400).ok()
        found = Live(bed, namespace, name, vitessctl)
        yield found
        assert "Nothing changed." in vitessctl("up").ok().screen
        vitessctl("down", "--delete-data", name).ok()


def test_minimal_with_recommended_resources(bed: Bed) -> None:
    with live(bed, INVENTORIES / "minimal", "minimal", "resources=recommended") as cluster:
        cluster.ask("zone1", "messages", "create table kept (id bigint primary key)")
        cluster.ask("zone1", "messages", "insert into kept values (1)")
        assert cluster.ask("zone1", "messages", "select id from kept") == [(1,)]
        pods = bed.kubectl(
            "-n", cluster.namespace, "get", "pods", "-o", "jsonpath={.items[*].spec.containers[*].resources}"
        )
        assert "limits" in pods


def test_two_shards_hold_the_rows_of_their_ranges(bed: Bed) -> None:
    with live(bed, INVENTORIES / "sharded", "sharded") as cluster:
        rows = ", ".join(f"({number}, 1, 'message {number}')" for number in range(1, 21))
        cluster.ask("zone1", "messages", f"insert into messages (page, time_created_ns, message) values {rows}")

        assert cluster.ask("zone1", "messages", "select count(*) from messages") == [(20,)]
        parts = [
            cluster.ask("zone1", f"messages:{shard}", "select count(*) from messages")[0][0] for shard in ("-80", "80-")
        ]
        assert sum(parts) == 20
        assert all(part > 0 for part in parts)


def test_a_row_written_in_one_cell_is_read_in_the_other(bed: Bed) -> None:
    with live(bed, INVENTORIES / "multicell", "multicell") as cluster:
        cluster.ask("zone1", "messages", "create table far (id bigint primary key)")
        cluster.ask("zone1", "messages", "insert into far values (7)")
        assert cluster.ask("zone2", "messages", "select id from far") == [(7,)]


@pytest.mark.slow
def test_production_lets_in_only_its_users(bed: Bed, tmp_path: Path) -> None:
    shutil.copytree(INVENTORIES / "production", tmp_path / "production")
    written = tmp_path / "production" / "cluster.yaml"
    written.write_text(re.sub(r"\{zone: [^}]*\}", "{}", written.read_text()))
    with live(bed, tmp_path / "production", "shop", f"resources={SMALL}") as cluster:
        assert cluster.ask("zone2", "commerce", "select 1", "shop", "change-me") == [(1,)]
        with pytest.raises(pymysql.err.OperationalError) as refused:
            cluster.ask("zone1", "commerce", "select 1", "stranger", "guessed")
        assert refused.value.args[0] == 1045
