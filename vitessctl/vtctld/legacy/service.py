"""The legacy service, of releases 2.1 to 14: every operation is a command line, its answer is what that prints."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.releases import Release
from vitessctl.vtctld import convert
from vitessctl.vtctld.channel import Channel
from vitessctl.vtctld.errors import InvalidRequestError, NodeMissingError, UnimplementedError
from vitessctl.vtctld.legacy import mysql, output
from vitessctl.vtctld.legacy.commands import command
from vitessctl.vtctld.legacy.first import prove_empty
from vitessctl.vtctld.proto import vtctldata_pb2 as messages
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
from vitessctl.vtctld.service import REPARENT_MARGIN, REPLICA_WAIT


class LegacyService:
    """Implements interface.Vtctld. `timeout` is the deadline in seconds of every call that has none of its own."""

    def __init__(self, channel: Channel, release: Release, timeout: float) -> None:
        self._channel = channel
        self._release = release
        self._timeout = timeout

    def cells(self) -> Sequence[str]:
        """Names of all registered cells."""
        try:
            return output.names(self._run("cells"))
        except NodeMissingError:  # until 2.2 the folder of the cells is made with the first
            return ()

    def cell(self, name: str) -> CellRecord | None:
        """A cell's record, None if it is not registered."""
        try:
            return output.cell(name, self._run("cell", name, cell=name))
        except NodeMissingError:
            return None

    def add_cell(self, cell: CellRecord) -> None:
        """Register a cell. Raises NodeExistsError if it is there."""
        self._run("add_cell", cell.name, cell=cell.name, address=cell.server_address, root=cell.root)

    def update_cell(self, cell: CellRecord) -> None:
        """Change a cell's address or root; an empty one is left as it is."""
        self._run("update_cell", cell.name, cell=cell.name, address=cell.server_address, root=cell.root)

    def keyspaces(self) -> Sequence[KeyspaceRecord]:
        """All keyspaces."""
        try:
            names = output.names(self._run("keyspaces"))
        except NodeMissingError:
            return ()
        if not self._keeps_durability:
            return tuple(KeyspaceRecord(name, None) for name in names)
        return tuple(record for name in names if (record := self.keyspace(name)))

    def keyspace(self, name: str) -> KeyspaceRecord | None:
        """One keyspace, None if absent."""
        try:
            return output.keyspace(name, self._run("keyspace", name, keyspace=name), self._keeps_durability)
        except NodeMissingError:
            return None

    def create_keyspace(self, keyspace: KeyspaceRecord) -> None:
        """Create it. Raises NodeExistsError if it is there. Until 13 its durability is a matter of vttablet's flags."""
        durability = keyspace.durability or ""
        self._run("create_keyspace", keyspace.name, keyspace=keyspace.name, durability=durability)

    def set_durability(self, keyspace: str, durability: str) -> None:
        """Set the policy, in 14, whose legacy service has no command for it. UnimplementedError before."""
        if not self._keeps_durability:
            raise UnimplementedError(
                f"a keyspace of Vitess {self._release.name} has no durability policy",
                why="semi-sync is a flag of its vttablets",
                fix="change it in cluster.yaml and run up again: that restarts the tablets",
            )
        request = messages.SetKeyspaceDurabilityPolicyRequest(keyspace=keyspace, durability_policy=durability)
        self._channel.call(request, messages.SetKeyspaceDurabilityPolicyResponse, self._timeout, keyspace)

    def create_shard(self, keyspace: str, shard: str) -> None:
        """Create a shard's record. Raises NodeExistsError if it is there."""
        self._run("create_shard", f"{keyspace}/{shard}", keyspace=keyspace, shard=shard)

    def shard(self, keyspace: str, shard: str) -> ShardRecord | None:
        """One shard, None if absent."""
        try:
            text = self._run("shard", f"{keyspace}/{shard}", keyspace=keyspace, shard=shard)
        except NodeMissingError:
            return None
        return output.shard(keyspace, shard, output.document(text))

    def shards(self, keyspace: str) -> Sequence[ShardRecord]:
        """All shards of a keyspace, by name. None for a keyspace that is absent."""
        try:
            found = output.document(self._run("shards", keyspace, keyspace=keyspace))
        except NodeMissingError:
            return ()
        return tuple(output.shard(keyspace, name, record) for name, record in sorted(found.items()))

    def tablets(self, keyspace: str = "", shard: str = "") -> Sequence[TabletRecord]:
        """All tablet records, or those of one keyspace or shard; an error rather than an incomplete list."""
        found = [record for cell in self.cells() for record in self._tablets_of_cell(cell)]
        return tuple(record for record in found if keyspace in ("", record.keyspace) and shard in ("", record.shard))

    def _tablets_of_cell(self, cell: str) -> list[TabletRecord]:
        try:
            text = self._run("tablets", cell, cell=cell)
        except NodeMissingError:  # 2.1 says so of a cell that never had a tablet
            return []
        return [output.tablet(line) for line in text.splitlines() if line]

    def delete_tablet(self, alias: str, allow_primary: bool = False) -> None:
        """Remove a tablet's record. Raises NodeMissingError, and RefusedError for a primary."""
        self._run("delete_tablet", alias, alias=_checked(alias), force="true" if allow_primary else "")

    def plan_reparent(
        self, keyspace: str, shard: str, new_primary: str = "", expected_primary: str = "", seconds: float = 30.0
    ) -> str:
        """PlannedReparentShard: gives the alias of the primary. `seconds` is the wait for replicas.

        Until 12 it cannot make a first primary; then the command that can is used, on a shard that holds nothing.
        """
        record = self._expect(keyspace, shard, expected_primary)
        if record is not None and not record.primary and self._release.elects_with != "PlannedReparentShard":
            return self._first_primary(keyspace, shard, new_primary, seconds)
        return self._reparent("plan_reparent", keyspace, shard, new_primary, seconds)

    def _first_primary(self, keyspace: str, shard: str, alias: str, seconds: float) -> str:
        aliases = [record.alias for record in self.tablets(keyspace, shard)]
        prove_empty(f"{keyspace}/{shard}", aliases, self.fetch_as_dba)
        return self._reparent("first_primary", keyspace, shard, _checked(alias), seconds)

    def emergency_reparent(
        self,
        keyspace: str,
        shard: str,
        new_primary: str = "",
        expected_primary: str = "",
        seconds: float = 30.0,
        ignored: Sequence[str] = (),
    ) -> str:
        """EmergencyReparentShard: gives the alias of the primary. Until 7, `new_primary` must be given."""
        if not self._release.emergency_reparent_looks_at_received:
            _checked(new_primary)
        self._expect(keyspace, shard, expected_primary)
        given_up = ",".join(_checked(alias) for alias in ignored)
        return self._reparent("emergency_reparent", keyspace, shard, new_primary, seconds, ignored=given_up)

    def _reparent(self, call: str, keyspace: str, shard: str, alias: str, seconds: float, **more: str) -> str:
        """The command prints nothing of use, and from 7 on the shard's record follows only a moment later."""
        subject, limit = f"{keyspace}/{shard}", seconds + REPARENT_MARGIN
        words = {"keyspace": keyspace, "shard": shard, "alias": alias and _checked(alias), "wait": f"{seconds:g}s"}
        self._run(call, subject, limit, **words, **more)
        record = None if alias else self.shard(keyspace, shard)
        return record.primary if record else alias

    def reparent_tablet(self, alias: str) -> None:
        """Make a tablet copy from the primary that its shard has, and start that."""
        self._run("reparent_tablet", alias, alias=_checked(alias))
        self.start_replication(alias)

    def backup(self, alias: str, seconds: float) -> None:
        """Take a backup of a tablet, to where its vttablet is told; returns when it is done."""
        self._run("backup", alias, seconds, alias=_checked(alias))

    def start_replication(self, alias: str) -> None:
        """Start replication on a tablet. NoReplicationError if it has no source."""
        self._run("start_replication", alias, alias=_checked(alias))

    def set_writable(self, alias: str) -> None:
        """Make a tablet's MySQL take writes."""
        self._run("set_writable", alias, alias=_checked(alias))

    def full_status(self, alias: str, seconds: float = 5.0) -> FullStatus:
        """What the tablet's MySQL says, asked by queries, each with that deadline: a dead tablet hangs."""
        return mysql.full_status(alias, lambda query: self.fetch_as_dba(alias, query, seconds=seconds))

    def fetch_as_dba(self, alias: str, query: str, max_rows: int = 10000, seconds: float = 15.0) -> QueryResult:
        """Run one statement on a tablet's MySQL as DBA."""
        words = {"alias": _checked(alias), "query": query, "rows": str(max_rows)}
        return output.query_result(self._run("fetch_as_dba", alias, seconds, **words))

    def run_ddl(self, alias: str, statement: str, seconds: float = 60.0) -> None:
        """Run one DDL statement on a primary's MySQL as DBA, and let its vttablet read its tables anew."""
        self._run("run_ddl", alias, seconds, alias=_checked(alias), query=statement)

    def schema(self, alias: str, seconds: float = 15.0) -> Sequence[TableDefinition]:
        """The tables of a tablet's database."""
        return tuple(output.tables(self._run("schema", alias, seconds, alias=_checked(alias))))

    def apply_schema(self, keyspace: str, statements: Sequence[str], seconds: float = 60.0) -> None:
        """Run DDL on every shard of a keyspace. SchemaChangeError names the shards where it failed.

        Until 3 vtctld cuts at every semicolon, even within quotes: InvalidRequestError for a statement that has one.
        """
        if self._release.splits_schema_blindly:
            _refuse_semicolons(statements)
        sql, wait = ";\n".join(statements), f"{REPLICA_WAIT:g}s"
        self._run("apply_schema", keyspace, seconds, keyspace=keyspace, sql=sql, wait=wait)

    def vschema(self, keyspace: str) -> str:
        """The VSchema as canonical JSON text, "{}" where there is none."""
        try:
            text = self._run("vschema", keyspace, keyspace=keyspace)
        except NodeMissingError:
            return "{}"
        return convert.vschema_text(convert.vschema_message(text, ignore_unknown=True))

    def apply_vschema(self, keyspace: str, vschema_json: str) -> None:
        """Replace the VSchema. InvalidRequestError if it is none, or does not hold together."""
        # Until 3 Go's plain JSON reader takes it, which knows enums by number only.
        text = convert.vschema_text(convert.vschema_message(vschema_json), enums_as_numbers=True)
        self._run("apply_vschema", keyspace, keyspace=keyspace, vschema=text)

    def served_keyspaces(self, cell: str) -> Sequence[str]:
        """The keyspaces whose VSchema the vtgates of a cell are given."""
        try:
            found = output.document(self._run("served_keyspaces", cell, cell=cell))
        except NodeMissingError:
            return ()
        return sorted(found.get("keyspaces") or ())

    def publish_vschemas(self) -> None:
        """Give the VSchemas of all keyspaces to the vtgates of all cells."""
        self._run("publish_vschemas")

    def close(self) -> None:
        """Give the connection back."""
        self._channel.close()

    @property
    def _keeps_durability(self) -> bool:
        return self._release.durability_mechanism == "record"

    def _expect(self, keyspace: str, shard: str, expected: str) -> ShardRecord | None:
        """The shard. No release of this service looks itself: a second elector that is late is stopped here."""
        found = self.shard(keyspace, shard)
        if expected and found is not None and found.primary != expected:
            text = f"primary {found.primary} is not equal to expected alias {expected}"
            raise refusal("GetShard", "UNKNOWN", text, f"{keyspace}/{shard}", self._channel.address)
        return found

    def _run(self, call: str, subject: str = "", seconds: float = 0.0, **values: str) -> str:
        return self._channel.run(command(self._release, call, **values), seconds or self._timeout, subject)


def _checked(alias: str) -> str:
    """The alias in its long form; InvalidRequestError if it is none."""
    return convert.alias_text(convert.parse_alias(alias))


def _refuse_semicolons(statements: Sequence[str]) -> None:
    for statement in statements:
        if ";" in statement:
            raise InvalidRequestError(
                "a statement of the schema has a semicolon within quotes",
                why=f"vtctld of this release would cut it in two there: {' '.join(statement.split()[:3])} …",
                fix="leave the semicolon out, or run the statement through vtgate",
            )
