"""vtctld in memory: every call that the stages know, with the refusals that the real one was recorded with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

from tests.support.world import cloning, examining, reparent
from tests.support.world.mysql import Mysqld, text_of
from tests.support.world.session import Session
from tests.support.world.world import HOST, World
from vitessctl.schema.parse import table_of
from vitessctl.vtctld.records import (
    CellRecord,
    FullStatus,
    KeyspaceRecord,
    QueryResult,
    ReplicationStatus,
    ShardRecord,
    TableDefinition,
    TabletRecord,
)
from vitessctl.vtctld.refusal import refusal

TOPOLOGY_SECONDS = 10.0
GLOBAL = "/vitess/global"


class WorldVtctld:
    """Implements vitessctl.vtctld.interface.Vtctld. What it does not have, it does not pretend to have."""

    def __init__(self, world: World, session: Session) -> None:
        self._world = world
        self._topology = world.topology
        self._session = session
        self.closed = False

    # Cells

    def cells(self) -> Sequence[str]:
        """Names of all registered cells."""
        self._begin("GetCellInfoNames")
        return sorted(self._topology.cells)

    def cell(self, name: str) -> CellRecord | None:
        """A cell's record, None if it is not registered."""
        self._begin("GetCellInfo")
        return self._topology.cells.get(name)

    def add_cell(self, cell: CellRecord) -> None:
        """Register a cell."""
        self._begin("AddCellInfo")
        if cell.name in self._topology.cells:
            self._refuse("AddCellInfo", f"node already exists: {GLOBAL}/cells/{cell.name}/CellInfo")
        self._put_cell("AddCellInfo", cell)

    def update_cell(self, cell: CellRecord) -> None:
        """Change a cell's record."""
        self._begin("UpdateCellInfo")
        self._put_cell("UpdateCellInfo", cell)

    def _put_cell(self, rpc: str, cell: CellRecord) -> None:
        if not cell.root:
            self._refuse(rpc, "CellInfo.Root must be non-empty")
        assert cell.server_address, "a cell without an address makes every server of it die"
        self._topology.cells[cell.name] = cell
        self._session.wrote(f"{rpc} {cell.name}")

    # Keyspaces and shards

    def keyspaces(self) -> Sequence[KeyspaceRecord]:
        """All keyspaces."""
        self._begin("GetKeyspaces")
        return tuple(self._topology.keyspaces.values())

    def keyspace(self, name: str) -> KeyspaceRecord | None:
        """One keyspace."""
        self._begin("GetKeyspace")
        return self._topology.keyspaces.get(name)

    def create_keyspace(self, keyspace: KeyspaceRecord) -> None:
        """Create it; a durability policy that does not exist is accepted."""
        self._begin("CreateKeyspace")
        if "/" in keyspace.name:
            self._refuse("CreateKeyspace", f"CreateKeyspace: invalid character / in name {keyspace.name}: not allowed")
        if keyspace.name in self._topology.keyspaces:
            self._refuse("CreateKeyspace", f"node already exists: {GLOBAL}/keyspaces/{keyspace.name}/Keyspace")
        self._topology.keyspaces[keyspace.name] = keyspace
        self._session.wrote(f"CreateKeyspace {keyspace.name}")

    def set_durability(self, keyspace: str, durability: str) -> None:
        """Set the durability policy."""
        self._begin("SetKeyspaceDurabilityPolicy")
        record = self._existing_keyspace("SetKeyspaceDurabilityPolicy", keyspace)
        self._topology.keyspaces[keyspace] = replace(record, durability=durability)
        self._session.wrote(f"SetKeyspaceDurabilityPolicy {keyspace}")

    def create_shard(self, keyspace: str, shard: str) -> None:
        """Create a shard's record."""
        self._begin("CreateShard")
        self._existing_keyspace("CreateShard", keyspace)
        if (keyspace, shard) in self._topology.shards:
            self._refuse("CreateShard", f"node already exists: {GLOBAL}/keyspaces/{keyspace}/shards/{shard}/Shard")
        self._topology.shards[keyspace, shard] = ShardRecord(keyspace, shard, "", False)
        self._session.wrote(f"CreateShard {keyspace}/{shard}")

    def shard(self, keyspace: str, shard: str) -> ShardRecord | None:
        """One shard."""
        self._begin("GetShard")
        return self._topology.shards.get((keyspace, shard))

    def shards(self, keyspace: str) -> Sequence[ShardRecord]:
        """All shards of a keyspace."""
        self._begin("FindAllShardsInKeyspace")
        self._existing_keyspace("FindAllShardsInKeyspace", keyspace)
        return tuple(shard for (owner, _), shard in self._topology.shards.items() if owner == keyspace)

    def _existing_keyspace(self, rpc: str, name: str) -> KeyspaceRecord:
        if name not in self._topology.keyspaces:
            self._refuse(rpc, f"node doesn't exist: {GLOBAL}/keyspaces/{name}/Keyspace")
        return self._topology.keyspaces[name]

    # Tablets

    def tablets(self, keyspace: str = "", shard: str = "") -> Sequence[TabletRecord]:
        """Tablet records; an unknown keyspace has none, an unknown shard is refused."""
        self._begin("GetTablets")
        if shard and (keyspace, shard) not in self._topology.shards:
            self._refuse("GetTablets", f"node doesn't exist: {GLOBAL}/keyspaces/{keyspace}/shards/{shard}/Shard")
        records = sorted(self._topology.tablets.values(), key=lambda record: record.alias)
        return tuple(r for r in records if keyspace in ("", r.keyspace) and shard in ("", r.shard))

    def delete_tablet(self, alias: str, allow_primary: bool = False) -> None:
        """Remove a tablet's record."""
        self._begin("DeleteTablets")
        if self._record("DeleteTablets", alias).type == "primary" and not allow_primary:
            self._refuse("DeleteTablets", f"cannot delete tablet {alias} as it is a primary, pass AllowPrimary = true")
        del self._topology.tablets[alias]
        self._session.wrote(f"DeleteTablets {alias}")

    def start_replication(self, alias: str) -> None:
        """Start the replication threads of a tablet."""
        mysqld = self._living("StartReplication", alias, TOPOLOGY_SECONDS)
        if not mysqld.source:
            self._refuse("StartReplication", "The server is not configured as replica (errno 1200) (sqlstate HY000)")
        mysqld.start()
        self._session.wrote(f"StartReplication {alias}")

    def backup(self, alias: str, seconds: float) -> None:
        """Back a tablet up: its MySQL is down meanwhile. A primary is refused."""
        mysqld = self._living("Backup", alias, seconds)
        if self._topology.tablets[alias].type == "primary":
            self._refuse("Backup", "type PRIMARY cannot take backup. if you really need to do this, rerun the backup")
        self._world.backups.append((alias, set(mysqld.executed)))
        self._world.advance(5.0)
        self._session.wrote(f"Backup {alias}")

    def reparent_tablet(self, alias: str) -> None:
        """Give a tablet the source that its shard's primary is, and start it."""
        mysqld = self._living("ReparentTablet", alias, TOPOLOGY_SECONDS)
        record = self._topology.tablets[alias]
        primary = self._topology.shards[record.keyspace, record.shard].primary
        if primary == alias:
            self._refuse("ReparentTablet", f"cannot ReparentTablet current shard primary ({alias}) onto itself")
        mysqld.follow(primary, start=True)
        self._session.wrote(f"ReparentTablet {alias}")

    def set_writable(self, alias: str) -> None:
        """Make a tablet's MySQL take writes."""
        mysqld = self._living("SetWritable", alias, TOPOLOGY_SECONDS)
        if self._topology.tablets[alias].type != "primary":
            self._world.crimes.append(f"{alias} was made writable, and does not lead")
        mysqld.read_only = False
        self._session.wrote(f"SetWritable {alias}")

    def full_status(self, alias: str, seconds: float = 5.0) -> FullStatus:
        """What a tablet's MySQL says; a dead vttablet hangs until the deadline."""
        mysqld = self._living("GetFullStatus", alias, seconds)
        return FullStatus(
            alias=alias,
            server_uuid=mysqld.uuid,
            version=mysqld.version,
            read_only=mysqld.read_only,
            super_read_only=mysqld.read_only and mysqld.super_read_only,
            position=self._world.position(alias),
            gtid_purged=text_of(mysqld.purged),
            semi_sync_primary_enabled=mysqld.semi_sync_primary,
            semi_sync_replica_enabled=mysqld.semi_sync_replica,
            semi_sync_blocked=self._blocked(alias),
            replication=self._replication(mysqld),
        )

    def _replication(self, mysqld: Mysqld) -> ReplicationStatus | None:
        if not mysqld.source:
            return None
        return ReplicationStatus(
            source_host=HOST,
            source_port=self._world.mysqlds[mysqld.source].port,
            io_running=mysqld.io_running,
            sql_running=mysqld.sql_running,
            lag_seconds=0 if mysqld.replicating else None,
            io_error=mysqld.io_error,
            position=self._world.position(mysqld.alias),
            received=text_of(mysqld.executed | mysqld.unapplied),
        )

    def _blocked(self, alias: str) -> bool:
        """Whether a write on a primary would wait for somebody to acknowledge it."""
        record = self._topology.tablets[alias]
        if record.type != "primary" or self._topology.keyspaces[record.keyspace].durability != "semi_sync":
            return False
        others = (self._world.mysqlds.get(r.alias) for r in self._topology.of_shard(record.keyspace, record.shard))
        return not any(o and o.source == alias and o.replicating and self._world.mysql_up(o.alias) for o in others)

    # Reparents

    def plan_reparent(
        self, keyspace: str, shard: str, new_primary: str = "", expected_primary: str = "", seconds: float = 30.0
    ) -> str:
        """PlannedReparentShard."""
        rpc = "PlannedReparentShard"
        record = self._shard_to_reparent(rpc, keyspace, shard, new_primary, expected_primary)
        world, old = self._world, record.primary
        everybody = {tablet.alias for tablet in self._topology.of_shard(keyspace, shard)}
        for alias in sorted(everybody if old else {new_primary} - {""}):
            if not world.tablet_up(alias):
                self._unreachable(rpc, alias, seconds)
        new = new_primary or reparent.most_advanced(world, record)
        if new != old:
            self._catch_up(rpc, record, new)
            world.advance(world.times.reparent)
            reparent.promote(world, "vtctld", record, new)
        else:
            world.mysqlds[new].make_writable()
        world.settle()
        self._session.wrote(f"{rpc} {keyspace}/{shard} {new}")
        return new

    def emergency_reparent(
        self,
        keyspace: str,
        shard: str,
        new_primary: str = "",
        expected_primary: str = "",
        seconds: float = 30.0,
        ignored: Sequence[str] = (),
    ) -> str:
        """EmergencyReparentShard."""
        rpc = "EmergencyReparentShard"
        record = self._shard_to_reparent(rpc, keyspace, shard, new_primary, expected_primary)
        self._refuse_unsafe(rpc, record, ignored)
        new = new_primary or reparent.most_advanced(self._world, record)
        if new not in reparent.candidates(self._world, record):
            self._refuse(rpc, "no valid candidates for emergency reparent")
        self._world.advance(self._world.times.reparent)
        reparent.promote(self._world, "vtctld", record, new)
        self._session.wrote(f"{rpc} {keyspace}/{shard} {new}")
        return new

    def _refuse_unsafe(self, rpc: str, record: ShardRecord, ignored: Sequence[str]) -> None:
        """With semi-sync a replica that is not reached may have acknowledged what nobody else has."""
        if self._topology.keyspaces[record.keyspace].durability != "semi_sync":
            return
        for tablet in self._topology.of_shard(record.keyspace, record.name):
            gone = not self._world.healthy(tablet.alias) and tablet.alias not in ignored
            if gone and tablet.alias != record.primary and tablet.type == "replica":
                text = (
                    "failed to stop replication and build status maps: could not reach sufficient tablets to guarantee"
                )
                self._refuse(
                    rpc, f"{text} safety: error when getting replication status for alias {tablet.alias}: gone"
                )

    def _shard_to_reparent(self, rpc: str, keyspace: str, shard: str, new: str, expected: str) -> ShardRecord:
        self._begin(rpc)
        record = self._topology.shards.get((keyspace, shard))
        if record is None:
            self._refuse(rpc, f"node doesn't exist: {GLOBAL}/keyspaces/{keyspace}/shards/{shard}/")
        aliases = [tablet.alias for tablet in self._topology.of_shard(keyspace, shard)]
        if expected and record.primary != expected:
            self._refuse(rpc, f"primary {record.primary} is not equal to expected alias {expected}")
        if not aliases or (new and new not in aliases):
            lines = [f"{alias} does not match the new primary alias provided" for alias in aliases if new]
            self._refuse(rpc, "\n".join(["cannot find a tablet to reparent to", *lines]))
        return record

    def _catch_up(self, rpc: str, record: ShardRecord, new: str) -> None:
        """The one to be promoted gets what the primary has, or has it already where there is none."""
        world = self._world
        if not world.mysql_up(new):
            self._refuse(rpc, _no_mysql(new))
        mysqld = world.mysqlds[new]
        if record.primary:
            others = [record.primary]
            if mysqld.replicating:
                mysqld.copy_from(world.mysqlds[record.primary])
        else:
            others = [t.alias for t in self._topology.of_shard(record.keyspace, record.name) if world.healthy(t.alias)]
        if any(world.mysqlds[other].executed - mysqld.executed for other in others):
            world.advance(4.0)
            self._refuse(rpc, f"primary-elect tablet {new} did not catch up in time: context deadline exceeded")

    # SQL

    def fetch_as_dba(self, alias: str, query: str, max_rows: int = 10000, seconds: float = 15.0) -> QueryResult:
        """Only what the world can answer."""
        mysqld = self._living("ExecuteFetchAsDBA", alias, seconds)
        answer = cloning.run(self._world, mysqld, query, lambda text: self._refuse("ExecuteFetchAsDBA", text, alias))
        if answer is not None:
            return answer
        if query == "set global rpl_semi_sync_master_enabled = 1":
            self._world.mysqlds[alias].semi_sync_primary = True
            return QueryResult((), ())
        if query == "set global read_only = 1":
            assert self._topology.tablets[alias].type != "primary", "a primary is made read-only"
            self._world.mysqlds[alias].read_only = True
            return QueryResult((), ())
        answer = examining.run(self._world, alias, query)
        if answer is not None:
            return answer
        assert query == "show tables", f"the world does not know the query {query!r}"
        return QueryResult(("Tables",), tuple((table,) for table in sorted(self._world.tables(alias))))

    def schema(self, alias: str, seconds: float = 15.0) -> Sequence[TableDefinition]:
        """The tables of a tablet."""
        self._living("GetSchema", alias, seconds)
        made = self._world.created
        return tuple(TableDefinition(table, 0, made.get(table, "")) for table in sorted(self._world.tables(alias)))

    def run_ddl(self, alias: str, statement: str, seconds: float = 60.0) -> None:
        """Create a table on one primary."""
        mysqld = self._living("ExecuteFetchAsDBA", alias, seconds)
        tablet = self._topology.tablets[alias]
        self._create(self._topology.shards[(tablet.keyspace, tablet.shard)], mysqld, statement)
        self._world.settle()
        self._session.wrote(f"ExecuteFetchAsDBA {alias}")

    def apply_schema(self, keyspace: str, statements: Sequence[str], seconds: float = 60.0) -> None:
        """Run DDL on the primaries of a keyspace, one transaction a statement."""
        self._begin("ApplySchema")
        self._existing_keyspace("ApplySchema", keyspace)
        for shard in [s for s in self._topology.shards.values() if s.keyspace == keyspace]:
            mysqld = self._living("ApplySchema", shard.primary, seconds)
            for statement in statements:
                self._create(shard, mysqld, statement)
        self._world.settle()
        self._session.wrote(f"ApplySchema {keyspace}")

    def _create(self, shard: ShardRecord, mysqld: Mysqld, statement: str) -> None:
        table = table_of(statement)
        if ";" in statement or not table:
            self._refuse("ApplySchema", f"failed to parse sql: {statement}, got error: syntax error")
        fault = ""
        if mysqld.read_only:
            fault = "The MySQL server is running with the --super-read-only option (errno 1290) (sqlstate HY000)"
        elif table in self._world.tables(mysqld.alias):
            fault = f"Table '{table}' already exists (errno 1050) (sqlstate 42S01)"
        if fault:
            result = {"FailedShards": [{"Shard": shard.name, "Err": f"rpc error: code = Unknown desc = {fault}"}]}
            self._refuse("ApplySchema", f"schema change failed, ExecuteResult: {json.dumps(result)}")
        self._world.effects[mysqld.write()] = table
        self._world.created[table] = statement

    def vschema(self, keyspace: str) -> str:
        """The VSchema, with every default left out as protobuf does."""
        self._begin("GetVSchema")
        return self._topology.vschemas.get(keyspace, "{}")

    def apply_vschema(self, keyspace: str, vschema_json: str) -> None:
        """Replace the VSchema."""
        self._begin("ApplyVSchema")
        if keyspace not in self._topology.keyspaces:
            self._refuse("ApplyVSchema", f"keyspace({keyspace}) doesn't exist, check if the keyspace is initialized")
        self._topology.vschemas[keyspace] = json.dumps(json.loads(vschema_json))
        self._session.wrote(f"ApplyVSchema {keyspace}")

    def served_keyspaces(self, cell: str) -> Sequence[str]:
        """What the vtgates of a cell know of."""
        self._begin("GetSrvVSchema")
        return sorted(self._topology.served.get(cell, ()))

    def publish_vschemas(self) -> None:
        """Let the vtgates of all cells know of all keyspaces."""
        self._begin("RebuildVSchemaGraph")
        self._topology.served = dict.fromkeys(self._topology.cells, tuple(self._topology.keyspaces))
        self._session.wrote("RebuildVSchemaGraph")

    def close(self) -> None:
        """Give the connection back."""
        self.closed = True

    # How calls fail

    def _begin(self, rpc: str, seconds: float = TOPOLOGY_SECONDS) -> None:
        self._session.check()
        self._world.settle()
        if rpc in self._world.broken_calls:
            raise self._world.broken_calls[rpc]
        if not self._world.up("vtctld", ""):
            refused = f"failed to connect to all addresses; last error: UNKNOWN: ipv4:{HOST}:15001: Failed to connect"
            raise refusal(rpc, "UNAVAILABLE", f"{refused} to remote host: connect: Connection refused (111)")
        if not self._world.etcd_up:
            self._hang(rpc, seconds)

    def _record(self, rpc: str, alias: str) -> TabletRecord:
        if alias not in self._topology.tablets:
            cell = alias.partition("-")[0]
            self._refuse(rpc, f"node doesn't exist: /vitess/{cell}/tablets/{alias}/Tablet")
        return self._topology.tablets[alias]

    def _living(self, rpc: str, alias: str, seconds: float) -> Mysqld:
        """A tablet's MySQL, if the tablet lives."""
        self._begin(rpc, seconds)
        self._record(rpc, alias)
        if not self._world.tablet_up(alias):
            self._hang(rpc, seconds, alias)
        if not self._world.mysql_up(alias):
            self._refuse(rpc, _no_mysql(alias), alias)
        return self._world.mysqlds[alias]

    def _hang(self, rpc: str, seconds: float, subject: str = "") -> NoReturn:
        self._world.advance(seconds)
        raise refusal(rpc, "DEADLINE_EXCEEDED", "Deadline Exceeded", subject=subject, seconds=seconds)

    def _unreachable(self, rpc: str, alias: str, seconds: float) -> NoReturn:
        self._world.advance(min(seconds, 15.0))
        port = self._record(rpc, alias).ports.get("grpc", 0)
        refused = f'connection error: desc = "transport: dial tcp {HOST}:{port}: connect: connection refused"'
        self._refuse(rpc, f"rpc error: code = DeadlineExceeded desc = latest balancer error: {refused}")

    def _refuse(self, rpc: str, text: str, subject: str = "") -> NoReturn:
        raise refusal(rpc, "UNKNOWN", text, subject=subject)


def _no_mysql(alias: str) -> str:
    layers = f"rpc error: code = Unknown desc = TabletManager.FullStatus on {alias}: rpc error: code = Unknown desc = "
    said = "Can't connect to local MySQL server through socket 'mysql.sock' (2) (errno 2002) (sqlstate HY000)"
    return layers + said
