"""The Vtctld service, of releases from 15 on: one RPC an operation."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.releases import Release
from vitessctl.vtctld import convert
from vitessctl.vtctld.channel import Channel
from vitessctl.vtctld.errors import NodeMissingError
from vitessctl.vtctld.proto import vtctldata_pb2 as messages
from vitessctl.vtctld.proto.topodata_pb2 import TabletAlias
from vitessctl.vtctld.records import (
    CellRecord,
    FullStatus,
    KeyspaceRecord,
    QueryResult,
    ShardRecord,
    TableDefinition,
    TabletRecord,
)
from vitessctl.vtctld.refusal import refusal

REPARENT_MARGIN = 30.0
"""Seconds that a reparent may take beside its wait for replicas: the shard's lock, and 15 s for a tablet that hangs.

The server stops half way when the deadline comes, so it is generous.
"""
REPLICA_WAIT = 10.0
"""Seconds that ApplySchema waits for replicas; sent because an absent value means another default in each release."""


class VtctldService:
    """Implements interface.Vtctld. `timeout` is the deadline in seconds of every call that has none of its own."""

    def __init__(self, channel: Channel, release: Release, timeout: float) -> None:
        self._channel = channel
        self._release = release
        self._timeout = timeout

    def cells(self) -> Sequence[str]:
        """Names of all registered cells."""
        answer = self._channel.call(
            messages.GetCellInfoNamesRequest(), messages.GetCellInfoNamesResponse, self._timeout
        )
        return tuple(answer.names)

    def cell(self, name: str) -> CellRecord | None:
        """A cell's record, None if it is not registered."""
        request = messages.GetCellInfoRequest(cell=name)
        try:
            answer = self._channel.call(request, messages.GetCellInfoResponse, self._timeout, name)
        except NodeMissingError:
            return None
        return convert.cell_record(name, answer.cell_info)

    def add_cell(self, cell: CellRecord) -> None:
        """Register a cell. Raises NodeExistsError if it is there."""
        request = messages.AddCellInfoRequest(name=cell.name, cell_info=convert.cell_message(cell))
        self._channel.call(request, messages.AddCellInfoResponse, self._timeout, cell.name)

    def update_cell(self, cell: CellRecord) -> None:
        """Change a cell's address or root; an empty one is left as it is."""
        request = messages.UpdateCellInfoRequest(name=cell.name, cell_info=convert.cell_message(cell))
        self._channel.call(request, messages.UpdateCellInfoResponse, self._timeout, cell.name)

    def keyspaces(self) -> Sequence[KeyspaceRecord]:
        """All keyspaces."""
        answer = self._channel.call(messages.GetKeyspacesRequest(), messages.GetKeyspacesResponse, self._timeout)
        return tuple(convert.keyspace_record(keyspace) for keyspace in answer.keyspaces)

    def keyspace(self, name: str) -> KeyspaceRecord | None:
        """One keyspace, None if absent."""
        request = messages.GetKeyspaceRequest(keyspace=name)
        try:
            answer = self._channel.call(request, messages.GetKeyspaceResponse, self._timeout, name)
        except NodeMissingError:
            return None
        return convert.keyspace_record(answer.keyspace)

    def create_keyspace(self, keyspace: KeyspaceRecord) -> None:
        """Create it. Raises NodeExistsError if it is there. vtctld takes any word for the durability policy."""
        request = messages.CreateKeyspaceRequest(
            name=keyspace.name,
            durability_policy=keyspace.durability or "",
            sidecar_db_name=keyspace.sidecar_database if self._release.has_sidecar_name else "",
        )
        self._channel.call(request, messages.CreateKeyspaceResponse, self._timeout, keyspace.name)

    def set_durability(self, keyspace: str, durability: str) -> None:
        """Set the durability policy of a keyspace. InvalidRequestError for one that vtctld does not know."""
        request = messages.SetKeyspaceDurabilityPolicyRequest(keyspace=keyspace, durability_policy=durability)
        self._channel.call(request, messages.SetKeyspaceDurabilityPolicyResponse, self._timeout, keyspace)

    def create_shard(self, keyspace: str, shard: str) -> None:
        """Create a shard's record. Raises NodeExistsError if it is there."""
        request = messages.CreateShardRequest(keyspace=keyspace, shard_name=shard)
        self._channel.call(request, messages.CreateShardResponse, self._timeout, f"{keyspace}/{shard}")

    def shard(self, keyspace: str, shard: str) -> ShardRecord | None:
        """One shard, None if absent."""
        request = messages.GetShardRequest(keyspace=keyspace, shard_name=shard)
        try:
            answer = self._channel.call(request, messages.GetShardResponse, self._timeout, f"{keyspace}/{shard}")
        except NodeMissingError:
            return None
        return convert.shard_record(answer.shard)

    def shards(self, keyspace: str) -> Sequence[ShardRecord]:
        """All shards of a keyspace, by name. None for a keyspace that is absent: it looks the same to vtctld."""
        request = messages.FindAllShardsInKeyspaceRequest(keyspace=keyspace)
        try:
            answer = self._channel.call(request, messages.FindAllShardsInKeyspaceResponse, self._timeout, keyspace)
        except NodeMissingError:
            return ()
        return tuple(convert.shard_record(shard) for _, shard in sorted(answer.shards.items()))

    def tablets(self, keyspace: str = "", shard: str = "") -> Sequence[TabletRecord]:
        """All tablet records, or those of one keyspace or shard; an error rather than an incomplete list."""
        request = messages.GetTabletsRequest(keyspace=keyspace, shard=shard, strict=True)
        try:
            answer = self._channel.call(request, messages.GetTabletsResponse, self._timeout, f"{keyspace}/{shard}")
        except NodeMissingError:
            if shard:
                return ()
            raise
        return tuple(convert.tablet_record(tablet) for tablet in answer.tablets)

    def delete_tablet(self, alias: str, allow_primary: bool = False) -> None:
        """Remove a tablet's record. Raises NodeMissingError, and RefusedError for a primary."""
        request = messages.DeleteTabletsRequest(
            tablet_aliases=[convert.parse_alias(alias)], allow_primary=allow_primary
        )
        self._channel.call(request, messages.DeleteTabletsResponse, self._timeout, alias)

    def plan_reparent(
        self, keyspace: str, shard: str, new_primary: str = "", expected_primary: str = "", seconds: float = 30.0
    ) -> str:
        """PlannedReparentShard: gives the alias of the primary. `seconds` is the wait for replicas."""
        self._expect(keyspace, shard, expected_primary)
        request = messages.PlannedReparentShardRequest(
            keyspace=keyspace,
            shard=shard,
            new_primary=convert.optional_alias(new_primary),
            expected_primary=self._expected_alias(expected_primary),
            wait_replicas_timeout=convert.duration(seconds),
        )
        answer = self._channel.call(
            request, messages.PlannedReparentShardResponse, seconds + REPARENT_MARGIN, f"{keyspace}/{shard}"
        )
        return convert.alias_text(answer.promoted_primary)

    def emergency_reparent(
        self,
        keyspace: str,
        shard: str,
        new_primary: str = "",
        expected_primary: str = "",
        seconds: float = 30.0,
        ignored: Sequence[str] = (),
    ) -> str:
        """EmergencyReparentShard: gives the alias of the primary. `seconds` is the wait for replicas."""
        self._expect(keyspace, shard, expected_primary)
        request = messages.EmergencyReparentShardRequest(
            keyspace=keyspace,
            shard=shard,
            new_primary=convert.optional_alias(new_primary),
            ignore_replicas=[convert.parse_alias(alias) for alias in ignored],
            expected_primary=self._expected_alias(expected_primary),
            wait_replicas_timeout=convert.duration(seconds),
        )
        answer = self._channel.call(
            request, messages.EmergencyReparentShardResponse, seconds + REPARENT_MARGIN, f"{keyspace}/{shard}"
        )
        return convert.alias_text(answer.promoted_primary)

    def reparent_tablet(self, alias: str) -> None:
        """Make a tablet copy from the primary that its shard has."""
        request = messages.ReparentTabletRequest(tablet=convert.parse_alias(alias))
        self._channel.call(request, messages.ReparentTabletResponse, self._timeout, alias)

    def backup(self, alias: str, seconds: float) -> None:
        """Take a backup of a tablet, by a command line: the legacy service is still there, and it is one call."""
        self._channel.run(["Backup", convert.alias_text(convert.parse_alias(alias))], seconds, alias)

    def start_replication(self, alias: str) -> None:
        """Start replication on a tablet. NoReplicationError if it has no source."""
        request = messages.StartReplicationRequest(tablet_alias=convert.parse_alias(alias))
        self._channel.call(request, messages.StartReplicationResponse, self._timeout, alias)

    def set_writable(self, alias: str) -> None:
        """Make a tablet's MySQL take writes."""
        request = messages.SetWritableRequest(tablet_alias=convert.parse_alias(alias), writable=True)
        self._channel.call(request, messages.SetWritableResponse, self._timeout, alias)

    def full_status(self, alias: str, seconds: float = 5.0) -> FullStatus:
        """What the tablet's MySQL says. A dead tablet hangs until the deadline: keep it short."""
        request = messages.GetFullStatusRequest(tablet_alias=convert.parse_alias(alias))
        answer = self._channel.call(request, messages.GetFullStatusResponse, seconds, alias)
        return convert.full_status(alias, answer.status)

    def fetch_as_dba(self, alias: str, query: str, max_rows: int = 10000, seconds: float = 15.0) -> QueryResult:
        """Run one statement on a tablet's MySQL as DBA."""
        request = messages.ExecuteFetchAsDBARequest(
            tablet_alias=convert.parse_alias(alias), query=query, max_rows=max_rows
        )
        answer = self._channel.call(request, messages.ExecuteFetchAsDBAResponse, seconds, alias)
        return convert.query_result(answer.result)

    def run_ddl(self, alias: str, statement: str, seconds: float = 60.0) -> None:
        """Run one DDL statement on a primary's MySQL as DBA, and let its vttablet read its tables anew."""
        request = messages.ExecuteFetchAsDBARequest(
            tablet_alias=convert.parse_alias(alias), query=statement, max_rows=1, reload_schema=True
        )
        self._channel.call(request, messages.ExecuteFetchAsDBAResponse, seconds, alias)

    def schema(self, alias: str, seconds: float = 15.0) -> Sequence[TableDefinition]:
        """The tables of a tablet's database."""
        request = messages.GetSchemaRequest(tablet_alias=convert.parse_alias(alias))
        answer = self._channel.call(request, messages.GetSchemaResponse, seconds, alias)
        return tuple(convert.table_definition(table) for table in answer.schema.table_definitions)

    def apply_schema(self, keyspace: str, statements: Sequence[str], seconds: float = 60.0) -> None:
        """Run DDL on every shard of a keyspace. SchemaChangeError names the shards where it failed."""
        request = messages.ApplySchemaRequest(
            keyspace=keyspace,
            sql=statements,
            ddl_strategy="direct",
            wait_replicas_timeout=convert.duration(REPLICA_WAIT),
        )
        self._channel.call(request, messages.ApplySchemaResponse, seconds, keyspace)

    def vschema(self, keyspace: str) -> str:
        """The VSchema as canonical JSON text, "{}" where there is none."""
        request = messages.GetVSchemaRequest(keyspace=keyspace)
        try:
            answer = self._channel.call(request, messages.GetVSchemaResponse, self._timeout, keyspace)
        except NodeMissingError:
            return "{}"
        return convert.vschema_text(answer.v_schema)

    def apply_vschema(self, keyspace: str, vschema_json: str) -> None:
        """Replace the VSchema. InvalidRequestError if it is none, or does not hold together."""
        request = messages.ApplyVSchemaRequest(keyspace=keyspace, v_schema=convert.vschema_message(vschema_json))
        self._channel.call(request, messages.ApplyVSchemaResponse, self._timeout, keyspace)

    def served_keyspaces(self, cell: str) -> Sequence[str]:
        """The keyspaces whose VSchema the vtgates of a cell are given."""
        request = messages.GetSrvVSchemaRequest(cell=cell)
        try:
            answer = self._channel.call(request, messages.GetSrvVSchemaResponse, self._timeout, cell)
        except NodeMissingError:
            return ()
        return sorted(answer.srv_v_schema.keyspaces)

    def publish_vschemas(self) -> None:
        """Give the VSchemas of all keyspaces to the vtgates of all cells."""
        self._channel.call(messages.RebuildVSchemaGraphRequest(), messages.RebuildVSchemaGraphResponse, self._timeout)

    def close(self) -> None:
        """Give the connection back."""
        self._channel.close()

    def _expected_alias(self, expected: str) -> TabletAlias | None:
        return convert.optional_alias(expected) if self._release.has_expected_primary else None

    def _expect(self, keyspace: str, shard: str, expected: str) -> None:
        """Look before the call where the release cannot: not airtight, but it stops a second elector that is late."""
        if not expected or self._release.has_expected_primary:
            return
        found = self.shard(keyspace, shard)
        if found is not None and found.primary != expected:
            text = f"primary {found.primary} is not equal to expected alias {expected}"
            raise refusal("GetShard", "UNKNOWN", text, f"{keyspace}/{shard}", self._channel.address)
