"""Records in the topology, as Vitess lays them out.

    <global>/cells/<cell>/CellInfo                      <global>/keyspaces/<ks>/Keyspace, VSchema
    <global>/keyspaces/<ks>/shards/<shard>/Shard        <cell root>/tablets/<alias>/Tablet
    <cell root>/keyspaces/<ks>/SrvKeyspace              <cell root>/keyspaces/<ks>/shards/<shard>/ShardReplication
    <cell root>/SrvVSchema

Every file is a bare protobuf message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from vitessctl.rehearsal.etcd.client import EtcdClient
from vitessctl.rehearsal.servenv.flags import Flags
from vitessctl.rehearsal.topology import Reason, Store, TopologyError, open_store
from vitessctl.rehearsal.topology_names import alias_text, check_name, key_range, overlap
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vschema_pb2

ATTEMPTS = 20


@dataclass(frozen=True)
class Everything:
    """All that is in the topology about keyspaces, shards and tablets."""

    keyspaces: dict[str, topodata.Keyspace]
    shards: dict[tuple[str, str], topodata.Shard]
    """By keyspace and name."""
    tablets: list[topodata.Tablet]


class Topology:
    """All records. Absent ones raise TopologyError ABSENT with the path that real servers name."""

    def __init__(self, store: Store, address: str, time_left: float | None = None) -> None:
        self._global = store if time_left is None else store.within(time_left)
        self._address = address
        self._time_left = time_left
        self._cells: dict[str, tuple[topodata.CellInfo, Store]] = {}

    @property
    def store(self) -> Store:
        """The global records' files."""
        return self._global

    def within(self, time_left: float) -> Topology:
        """The same topology for calls that together may take `time_left` seconds."""
        return Topology(self._global, self._address, time_left)

    def cell_store(self, cell: str) -> Store:
        """The files of a cell, in its own etcd if its CellInfo names another one than the global."""
        return self._store_of(cell, self.cell(cell))

    def _store_of(self, cell: str, info: topodata.CellInfo) -> Store:
        known = self._cells.get(cell)
        if known is None or known[0] != info:
            same = info.server_address in ("", self._address)
            etcd = self._global.etcd if same else EtcdClient(info.server_address)
            store = Store(etcd, info.root)
            known = (info, store if self._time_left is None else store.within(self._time_left))
            self._cells[cell] = known
        return known[1]

    def everything(self) -> Everything:
        """All keyspaces, shards and tablets, with one read and one for each cell."""
        found = Everything({}, {}, [])
        cells: dict[str, topodata.CellInfo] = {}
        for path, content in self._global.read_all(f"{self._global.root}/").items():
            match path[len(self._global.root) + 1 :].split("/"):
                case ["cells", cell, "CellInfo"]:
                    cells[cell] = topodata.CellInfo.FromString(content)
                case ["keyspaces", name, "Keyspace"]:
                    found.keyspaces[name] = topodata.Keyspace.FromString(content)
                case ["keyspaces", name, "shards", shard, "Shard"]:
                    found.shards[name, shard] = topodata.Shard.FromString(content)
        for cell, info in cells.items():
            found.tablets.extend(_tablets_in(self._store_of(cell, info)))
        return found

    # Cells

    def cell_names(self) -> Sequence[str]:
        """All cells, sorted."""
        return self._names_or_none("cells")

    def cell(self, name: str) -> topodata.CellInfo:
        """A cell's record."""
        return topodata.CellInfo.FromString(self._global.read(self._cell_path(name))[0])

    def create_cell(self, name: str, info: topodata.CellInfo) -> None:
        """Add a cell; EXISTS if it is there."""
        self._global.create(self._cell_path(name), info.SerializeToString())

    def update_cell(self, name: str, info: topodata.CellInfo) -> topodata.CellInfo:
        """Change a cell, or add it; empty fields keep what was. Gives the record."""
        try:
            merged = self.cell(name)
        except TopologyError:
            merged = topodata.CellInfo()
        merged.MergeFrom(info)
        self._global.update(self._cell_path(name), merged.SerializeToString())
        return merged

    def delete_cell(self, name: str) -> None:
        """Remove a cell's record."""
        self._global.delete(self._cell_path(name))

    # Keyspaces

    def keyspace_names(self) -> Sequence[str]:
        """All keyspaces, sorted."""
        return self._names_or_none("keyspaces")

    def keyspace(self, name: str) -> topodata.Keyspace:
        """A keyspace's record."""
        return topodata.Keyspace.FromString(self._global.read(self._keyspace_path(name, "Keyspace"))[0])

    def create_keyspace(self, name: str, record: topodata.Keyspace, any_name: bool = False) -> None:
        """Add a keyspace; EXISTS if it is there, Refused for its name (until release 16 it may have any)."""
        if not any_name:
            check_name(name)
        self._global.create(self._keyspace_path(name, "Keyspace"), record.SerializeToString())

    def update_keyspace(self, name: str, record: topodata.Keyspace) -> None:
        """Write a keyspace's record."""
        self._global.update(self._keyspace_path(name, "Keyspace"), record.SerializeToString())

    def delete_keyspace(self, name: str) -> None:
        """Remove its record and VSchema."""
        self._global.delete(self._keyspace_path(name, "Keyspace"))
        _ignoring_absent(self._global.delete, self._keyspace_path(name, "VSchema"))

    def vschema(self, keyspace: str) -> vschema_pb2.Keyspace:
        """A keyspace's VSchema."""
        return vschema_pb2.Keyspace.FromString(self._global.read(self._keyspace_path(keyspace, "VSchema"))[0])

    def save_vschema(self, keyspace: str, content: vschema_pb2.Keyspace) -> None:
        """Write a keyspace's VSchema."""
        self._global.update(self._keyspace_path(keyspace, "VSchema"), content.SerializeToString(deterministic=True))

    def delete_vschema(self, keyspace: str) -> None:
        """Remove a keyspace's VSchema; ABSENT if there is none."""
        self._global.delete(self._keyspace_path(keyspace, "VSchema"))

    # Shards

    def shard_names(self, keyspace: str) -> Sequence[str]:
        """All shards of a keyspace, sorted; none for one without shards, ABSENT for no such keyspace."""
        path = self._global.path(f"keyspaces/{keyspace}/shards")
        try:
            return self._global.names(path)
        except TopologyError as error:
            if error.reason is Reason.ABSENT and self._has_keyspace(keyspace):
                return ()
            raise

    def shard(self, keyspace: str, name: str) -> topodata.Shard:
        """A shard's record."""
        return topodata.Shard.FromString(self._global.read(self._shard_path(keyspace, name))[0])

    def create_shard(self, keyspace: str, name: str, any_name: bool = False) -> topodata.Shard:
        """Add a shard; it serves unless it overlaps another. EXISTS, Refused for its name."""
        if not any_name:
            check_name(keyspace)
        keys = key_range(name, any_name)
        others = (key_range(other, any_name) for other in self.shard_names(keyspace))
        serving = not any(overlap(keys, other) for other in others)
        record = topodata.Shard(key_range=keys, is_primary_serving=serving)
        self._global.create(self._shard_path(keyspace, name), record.SerializeToString())
        return record

    def update_shard(self, keyspace: str, name: str, change: Callable[[topodata.Shard], bool]) -> topodata.Shard:
        """Change a shard's record; `change` edits it and tells whether to write. Gives what stands there then."""
        path = self._shard_path(keyspace, name)
        for _ in range(ATTEMPTS):
            content, version = self._global.read(path)
            record = topodata.Shard.FromString(content)
            if not change(record):
                return record
            try:
                self._global.update(path, record.SerializeToString(), version)
            except TopologyError as error:
                if error.reason is not Reason.CHANGED:
                    raise
            else:
                return record
        raise TopologyError(Reason.CHANGED, path)

    def delete_shard(self, keyspace: str, name: str) -> None:
        """Remove a shard's record and its lists of tablets."""
        self._global.delete(self._shard_path(keyspace, name))
        for cell in self.cell_names():
            store = self.cell_store(cell)
            _ignoring_absent(store.delete, _replication_path(store, keyspace, name))

    def shard_directory(self, keyspace: str, name: str) -> str:
        """Where a shard's record and locks are."""
        return self._global.path(f"keyspaces/{keyspace}/shards/{name}")

    def keyspace_directory(self, keyspace: str) -> str:
        """Where a keyspace's record and locks are."""
        return self._global.path(f"keyspaces/{keyspace}")

    # Tablets

    def tablet(self, alias: topodata.TabletAlias) -> topodata.Tablet:
        """A tablet's record."""
        store = self.cell_store(alias.cell)
        return topodata.Tablet.FromString(store.read(_tablet_path(store, alias))[0])

    def save_tablet(self, tablet: topodata.Tablet) -> None:
        """Write a tablet's record, created if need be, and add it to its shard's list."""
        store = self.cell_store(tablet.alias.cell)
        store.update(_tablet_path(store, tablet.alias), tablet.SerializeToString(deterministic=True))
        self._edit_replication(tablet, present=True)

    def delete_tablet(self, alias: topodata.TabletAlias) -> None:
        """Remove a tablet's record, and it from its shard's list."""
        tablet = self.tablet(alias)
        store = self.cell_store(alias.cell)
        store.delete(_tablet_path(store, alias))
        self._edit_replication(tablet, present=False)

    def tablets_of_cell(self, cell: str) -> Sequence[topodata.Tablet]:
        """All tablets of a cell, sorted by alias."""
        return _tablets_in(self.cell_store(cell))

    def tablets_of_shard(self, keyspace: str, shard: str) -> Mapping[str, topodata.Tablet]:
        """All tablets of a shard in all cells by alias; ABSENT if there is no such shard."""
        self.shard(keyspace, shard)
        everything = (tablet for cell in self.cell_names() for tablet in self.tablets_of_cell(cell))
        found = (tablet for tablet in everything if (tablet.keyspace, tablet.shard) == (keyspace, shard))
        return {alias_text(tablet.alias): tablet for tablet in found}

    def replication(self, cell: str, keyspace: str, shard: str) -> topodata.ShardReplication:
        """A cell's list of a shard's tablets."""
        store = self.cell_store(cell)
        return topodata.ShardReplication.FromString(store.read(_replication_path(store, keyspace, shard))[0])

    # What vtgate reads

    def srv_keyspace(self, cell: str, keyspace: str) -> topodata.SrvKeyspace:
        """What a cell's vtgate knows of a keyspace."""
        store = self.cell_store(cell)
        return topodata.SrvKeyspace.FromString(store.read(srv_keyspace_path(store, keyspace))[0])

    def srv_vschema(self, cell: str) -> vschema_pb2.SrvVSchema:
        """What a cell's vtgate knows of all VSchemas."""
        store = self.cell_store(cell)
        return vschema_pb2.SrvVSchema.FromString(store.read(store.path("SrvVSchema"))[0])

    def _has_keyspace(self, name: str) -> bool:
        try:
            self.keyspace(name)
        except TopologyError as error:
            if error.reason is not Reason.ABSENT:
                raise
            return False
        return True

    def _edit_replication(self, tablet: topodata.Tablet, present: bool) -> None:
        store = self.cell_store(tablet.alias.cell)
        path = _replication_path(store, tablet.keyspace, tablet.shard)
        for _ in range(ATTEMPTS):
            try:
                content, version = store.read(path)
            except TopologyError as error:
                if error.reason is not Reason.ABSENT or not present:
                    raise
                content, version = b"", 0
            record = topodata.ShardReplication.FromString(content)
            if not _set_node(record, tablet.alias, present):
                return
            try:
                store.update(path, record.SerializeToString(), version)
            except TopologyError as error:
                if error.reason is not Reason.CHANGED:
                    raise
            else:
                return

    def _names_or_none(self, directory: str) -> Sequence[str]:
        try:
            return self._global.names(self._global.path(directory))
        except TopologyError as error:
            if error.reason is Reason.ABSENT:
                return ()
            raise

    def _cell_path(self, name: str) -> str:
        return self._global.path(f"cells/{name}/CellInfo")

    def _keyspace_path(self, name: str, file: str) -> str:
        return self._global.path(f"keyspaces/{name}/{file}")

    def _shard_path(self, keyspace: str, name: str) -> str:
        return self._global.path(f"keyspaces/{keyspace}/shards/{name}/Shard")


def _tablets_in(store: Store) -> list[topodata.Tablet]:
    files = store.read_all(f"{store.path('tablets')}/")
    return [topodata.Tablet.FromString(content) for path, content in files.items() if path.endswith("/Tablet")]


def open_topology(flags: Flags) -> Topology:
    """The topology of a server's --topo flags. StartError if it cannot be opened."""
    return Topology(open_store(flags), flags.text("topo-global-server-address"))


def srv_keyspace_path(store: Store, keyspace: str) -> str:
    """Where a cell keeps a SrvKeyspace."""
    return store.path(f"keyspaces/{keyspace}/SrvKeyspace")


def _tablet_path(store: Store, alias: topodata.TabletAlias) -> str:
    return store.path(f"tablets/{alias_text(alias)}/Tablet")


def _replication_path(store: Store, keyspace: str, shard: str) -> str:
    return store.path(f"keyspaces/{keyspace}/shards/{shard}/ShardReplication")


def _set_node(record: topodata.ShardReplication, alias: topodata.TabletAlias, present: bool) -> bool:
    """Put an alias into a list or take it out; whether that changed the list."""
    others = [node for node in record.nodes if node.tablet_alias != alias]
    changed = present == (len(others) == len(record.nodes))
    if changed and present:
        record.nodes.append(topodata.ShardReplication.Node(tablet_alias=alias))
    elif changed:
        del record.nodes[:]
        record.nodes.extend(others)
    return changed


def _ignoring_absent(delete: Callable[[str], None], path: str) -> None:
    try:
        delete(path)
    except TopologyError as error:
        if error.reason is not Reason.ABSENT:
            raise


def by_shard(tablets: Iterable[topodata.Tablet]) -> dict[tuple[str, str], list[topodata.Tablet]]:
    """Tablets by keyspace and shard."""
    groups: dict[tuple[str, str], list[topodata.Tablet]] = {}
    for tablet in tablets:
        groups.setdefault((tablet.keyspace, tablet.shard), []).append(tablet)
    return groups
