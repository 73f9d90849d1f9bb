"""One interface to vtctld for every release; the dialects (Vtctld, and the legacy Vtctl) implement it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from vitessctl.vtctld.records import (
    CellRecord,
    FullStatus,
    KeyspaceRecord,
    QueryResult,
    ShardRecord,
    TableDefinition,
    TabletRecord,
)


class Vtctld(Protocol):
    """Admin calls. Every call has a deadline; all raise VtctldError (vitessctl.vtctld.errors) or its subclasses."""

    def cells(self) -> Sequence[str]:
        """Names of all registered cells. The cheapest call there is: used to see whether vtctld answers."""

    def cell(self, name: str) -> CellRecord | None:
        """A cell's record, None if it is not registered."""

    def add_cell(self, cell: CellRecord) -> None:
        """Register a cell. Raises NodeExistsError if it is there."""

    def update_cell(self, cell: CellRecord) -> None:
        """Change a cell's address or root."""

    def keyspaces(self) -> Sequence[KeyspaceRecord]:
        """All keyspaces."""

    def keyspace(self, name: str) -> KeyspaceRecord | None:
        """One keyspace, None if absent."""

    def create_keyspace(self, keyspace: KeyspaceRecord) -> None:
        """Create it. Raises NodeExistsError if it is there."""

    def set_durability(self, keyspace: str, durability: str) -> None:
        """Set the durability policy of a keyspace."""

    def create_shard(self, keyspace: str, shard: str) -> None:
        """Create a shard's record. Raises NodeExistsError if it is there."""

    def shard(self, keyspace: str, shard: str) -> ShardRecord | None:
        """One shard, None if absent."""

    def shards(self, keyspace: str) -> Sequence[ShardRecord]:
        """All shards of a keyspace."""

    def tablets(self, keyspace: str = "", shard: str = "") -> Sequence[TabletRecord]:
        """All tablet records, or those of one keyspace or shard."""

    def delete_tablet(self, alias: str, allow_primary: bool = False) -> None:
        """Remove a tablet's record."""

    def plan_reparent(
        self,
        keyspace: str,
        shard: str,
        new_primary: str = "",
        expected_primary: str = "",
        seconds: float = 30.0,
    ) -> str:
        """PlannedReparentShard: gives the alias of the primary. `expected_primary` where the release has it.

        On a shard that has no primary yet it makes the first one. Where the release can do that only by resetting
        every tablet's history (until 12), RefusedError unless every tablet is proven to hold nothing.
        """

    def emergency_reparent(
        self,
        keyspace: str,
        shard: str,
        new_primary: str = "",
        expected_primary: str = "",
        seconds: float = 30.0,
        ignored: Sequence[str] = (),
    ) -> str:
        """EmergencyReparentShard: gives the alias of the primary.

        `ignored`: replicas that do not answer and are given up; without it the call is refused where one of them may
        have acknowledged what nobody else has. Until 7 vtctld passes over all that do not answer.
        """

    def reparent_tablet(self, alias: str) -> None:
        """Make a tablet copy from the primary that its shard has, and start that."""

    def backup(self, alias: str, seconds: float) -> None:
        """Take a backup of a tablet to where its vttablet is told; its MySQL stops for it. Returns when it is done."""

    def start_replication(self, alias: str) -> None:
        """Start replication on a tablet."""

    def set_writable(self, alias: str) -> None:
        """Make a tablet's MySQL take writes, as that of a primary has to after a restart."""

    def full_status(self, alias: str, seconds: float = 5.0) -> FullStatus:
        """What the tablet's MySQL says. A dead tablet hangs until the deadline: keep it short."""

    def fetch_as_dba(self, alias: str, query: str, max_rows: int = 10000, seconds: float = 15.0) -> QueryResult:
        """Run one statement on a tablet's MySQL as DBA."""

    def run_ddl(self, alias: str, statement: str, seconds: float = 60.0) -> None:
        """Run one DDL statement on a primary's MySQL as DBA, and let its vttablet read its tables anew."""

    def schema(self, alias: str, seconds: float = 15.0) -> Sequence[TableDefinition]:
        """The tables of a tablet's database."""

    def apply_schema(self, keyspace: str, statements: Sequence[str], seconds: float = 60.0) -> None:
        """Run DDL on every shard of a keyspace."""

    def vschema(self, keyspace: str) -> str:
        """The VSchema as canonical JSON text, "{}" where there is none."""

    def apply_vschema(self, keyspace: str, vschema_json: str) -> None:
        """Replace the VSchema."""

    def served_keyspaces(self, cell: str) -> Sequence[str]:
        """The keyspaces whose VSchema the vtgates of a cell are given."""

    def publish_vschemas(self) -> None:
        """Give the VSchemas of all keyspaces to the vtgates of all cells."""

    def close(self) -> None:
        """Give the connection back."""
