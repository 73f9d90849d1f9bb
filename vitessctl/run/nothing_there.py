"""A topology that holds nothing: what a plan looks at where there is no vtctld yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from vitessctl.vtctld.records import (
    CellRecord,
    FullStatus,
    KeyspaceRecord,
    QueryResult,
    ShardRecord,
    TableDefinition,
    TabletRecord,
)


class NothingThere:
    """Implements vitessctl.vtctld.interface.Vtctld. Nothing can be written to it: a plan writes nothing."""

    def cells(self) -> Sequence[str]:
        """None."""
        return ()

    def cell(self, name: str) -> CellRecord | None:
        """None."""
        return None

    def keyspaces(self) -> Sequence[KeyspaceRecord]:
        """None."""
        return ()

    def keyspace(self, name: str) -> KeyspaceRecord | None:
        """None."""
        return None

    def shard(self, keyspace: str, shard: str) -> ShardRecord | None:
        """None."""
        return None

    def shards(self, keyspace: str) -> Sequence[ShardRecord]:
        """None."""
        return ()

    def tablets(self, keyspace: str = "", shard: str = "") -> Sequence[TabletRecord]:
        """None."""
        return ()

    def vschema(self, keyspace: str) -> str:
        """An empty one."""
        return "{}"

    def schema(self, alias: str, seconds: float = 15.0) -> Sequence[TableDefinition]:
        """No table."""
        return ()

    def served_keyspaces(self, cell: str) -> Sequence[str]:
        """None."""
        return ()

    def close(self) -> None:
        """Nothing is open."""

    def add_cell(self, cell: CellRecord) -> None:
        """Refused."""
        _refuse()

    def update_cell(self, cell: CellRecord) -> None:
        """Refused."""
        _refuse()

    def create_keyspace(self, keyspace: KeyspaceRecord) -> None:
        """Refused."""
        _refuse()

    def set_durability(self, keyspace: str, durability: str) -> None:
        """Refused."""
        _refuse()

    def create_shard(self, keyspace: str, shard: str) -> None:
        """Refused."""
        _refuse()

    def delete_tablet(self, alias: str, allow_primary: bool = False) -> None:
        """Refused."""
        _refuse()

    def plan_reparent(
        self, keyspace: str, shard: str, new_primary: str = "", expected_primary: str = "", seconds: float = 30.0
    ) -> str:
        """Refused."""
        _refuse()

    def emergency_reparent(
        self,
        keyspace: str,
        shard: str,
        new_primary: str = "",
        expected_primary: str = "",
        seconds: float = 30.0,
        ignored: Sequence[str] = (),
    ) -> str:
        """Refused."""
        _refuse()

    def reparent_tablet(self, alias: str) -> None:
        """Refused."""
        _refuse()

    def backup(self, alias: str, seconds: float) -> None:
        """Refused."""
        _refuse()

    def start_replication(self, alias: str) -> None:
        """Refused."""
        _refuse()

    def set_writable(self, alias: str) -> None:
        """Refused."""
        _refuse()

    def publish_vschemas(self) -> None:
        """Refused."""
        _refuse()

    def full_status(self, alias: str, seconds: float = 5.0) -> FullStatus:
        """Refused: there is no tablet."""
        _refuse()

    def fetch_as_dba(self, alias: str, query: str, max_rows: int = 10000, seconds: float = 15.0) -> QueryResult:
        """Refused: there is no tablet."""
        _refuse()

    def run_ddl(self, alias: str, statement: str, seconds: float = 60.0) -> None:
        """Refused: there is no tablet."""
        _refuse()

    def apply_schema(self, keyspace: str, statements: Sequence[str], seconds: float = 60.0) -> None:
        """Refused."""
        _refuse()

    def apply_vschema(self, keyspace: str, vschema_json: str) -> None:
        """Refused."""
        _refuse()


def _refuse() -> NoReturn:
    raise AssertionError("a plan neither writes to the topology nor asks a tablet that is not there")
