"""How keyspaces are sharded: SrvVSchema and SrvKeyspace of the gate's cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vitessctl.model.keyrange import KeyRange, parse_key_range
from vitessctl.rehearsal.topology import Reason, TopologyError
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.rehearsal.vtgate.failures import GateError, not_here, unknown_database
from vitessctl.rehearsal.vtgate.vindexes import VINDEXES, Vindex
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vschema_pb2 as vschema


@dataclass(frozen=True)
class Table:
    """A table's primary vindex."""

    column: str
    vindex: Vindex


@dataclass(frozen=True)
class Keyspace:
    """A keyspace as a router sees it."""

    name: str
    sharded: bool
    shards: Mapping[str, KeyRange]
    tables: Mapping[str, Table]

    def shard_of(self, table: Table, value: str) -> str:
        """The shard that holds a value's row."""
        try:
            keyspace_id = table.vindex(value)
        except ValueError:
            raise GateError(f"could not map value {value!r} of {table.column} to a keyspace id") from None
        for name, key_range in self.shards.items():
            if key_range.contains(keyspace_id):
                return name
        raise GateError(f"no shard of {self.name} holds keyspace id {keyspace_id.hex()}")

    def table(self, name: str) -> Table:
        """A table of a sharded keyspace. GateError if the VSchema does not have it, or has it with what we lack."""
        if name not in self.tables:
            raise GateError(f"table {name} not found in vschema of sharded keyspace {self.name}", 1146, "42S02")
        return self.tables[name]


class Catalogue:
    """Reads the records of one cell when asked; a rehearsal is small, and never wrong by being late."""

    def __init__(self, topology: Topology, cell: str) -> None:
        self._topology = topology
        self._cell = cell

    def names(self) -> list[str]:
        """All keyspaces that clients can use."""
        try:
            return sorted(self._topology.srv_vschema(self._cell).keyspaces)
        except TopologyError:
            return sorted(self._topology.keyspace_names())

    def keyspace(self, name: str) -> Keyspace:
        """One keyspace. GateError VT05003 if there is none."""
        try:
            record = self._topology.srv_keyspace(self._cell, name)
        except TopologyError as error:
            if error.reason is Reason.ABSENT:
                raise unknown_database(name) from None
            raise GateError(str(error)) from None
        content = self._vschema(name)
        return Keyspace(name, content.sharded, _shards(record), _tables(content))

    def _vschema(self, name: str) -> vschema.Keyspace:
        try:
            return self._topology.srv_vschema(self._cell).keyspaces[name]
        except TopologyError:
            return vschema.Keyspace()


def _shards(record: topodata.SrvKeyspace) -> dict[str, KeyRange]:
    names: dict[str, KeyRange] = {}
    for partition in record.partitions:
        if partition.served_type == topodata.PRIMARY:
            for reference in partition.shard_references:
                names[reference.name] = parse_key_range(reference.name) if "-" in reference.name else KeyRange("", "")
    return names


def _tables(content: vschema.Keyspace) -> dict[str, Table]:
    tables = {}
    for name, table in content.tables.items():
        if not table.column_vindexes:
            continue
        first = table.column_vindexes[0]
        kind = content.vindexes[first.name].type
        tables[name] = Table(first.column or first.columns[0], VINDEXES.get(kind) or _unknown(kind))
    return tables


def _unknown(kind: str) -> Vindex:
    def refuse(value: str) -> bytes:
        raise not_here(f"by vindex {kind}")

    return refuse
