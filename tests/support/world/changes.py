"""What can happen to a world, by the name under which a case file says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.support.world.clusters import a_cluster, documents_of
from tests.support.world.world import World
from vitessctl.targets.base import Verdict
from vitessctl.vtctld.records import CellRecord, KeyspaceRecord, ShardRecord


def happen(world: World, changes: Sequence[Mapping[str, Any]]) -> None:
    """Let a list of `{name: [arguments]}` happen, in its order."""
    for change in changes:
        for name, arguments in change.items():
            CHANGES[name](world, *(arguments if isinstance(arguments, list) else [arguments]))


def _stay_dead(world: World, component: str, subject: str) -> None:
    world.kill(component, subject, back_in=1e9)


def _tablet_stays_dead(world: World, alias: str) -> None:
    world.kill_tablet(alias, back_in=1e9)


def _cell(world: World, name: str, address: str, root: str) -> None:
    world.topology.cells[name] = CellRecord(name, address, root)


def _keyspace(world: World, name: str, durability: str) -> None:
    world.topology.keyspaces[name] = KeyspaceRecord(name, durability, "_vt")


def _shard(world: World, keyspace: str, name: str, primary: str = "") -> None:
    world.topology.shards[keyspace, name] = ShardRecord(keyspace, name, primary, bool(primary))


def _record(world: World, alias: str, **fields: Any) -> None:
    world.topology.tablets[alias] = replace(world.topology.tablets[alias], **fields)


def _mysql(world: World, alias: str, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        assert hasattr(world.mysqlds[alias], name), name
        setattr(world.mysqlds[alias], name, value)


def _start_again(world: World, component: str, subject: str) -> None:
    """A process of the usual cluster that was removed is applied again."""
    documents = {(document.component, document.subject): document for document in documents_of(a_cluster())}
    world.start(documents[component, subject])


def _transactions(world: World, alias: str, *gtids: str) -> None:
    """Give a tablet exactly these transactions, each `uuid:number`."""
    pairs = (gtid.rpartition(":") for gtid in gtids)
    world.mysqld(alias).executed = {(uuid, int(number)) for uuid, _, number in pairs}


def _unapplied(world: World, alias: str, gtid: str) -> None:
    """A tablet has received a transaction that it does not apply."""
    uuid, _, number = gtid.rpartition(":")
    world.mysqlds[alias].unapplied.add((uuid, int(number)))


def _add_transaction(world: World, alias: str, gtid: str) -> None:
    uuid, _, number = gtid.rpartition(":")
    world.mysqlds[alias].executed.add((uuid, int(number)))


def _create_table(world: World, table: str) -> None:
    """A client runs CREATE TABLE."""
    world.effects[world.mysqlds[world.primary()].write()] = table
    world.settle()


def _purge(world: World, alias: str) -> None:
    world.mysqlds[alias].purged = set(world.mysqlds[alias].executed)


def _say(world: World, component: str, subject: str, *lines: str) -> None:
    world.logs[component, subject] = list(lines)


def _doom(world: World, component: str, subject: str, reason: str, fix: str = "", *evidence: str) -> None:
    world.doomed[component, subject] = Verdict.doomed(reason, fix, tuple(evidence))


CHANGES: Mapping[str, Callable[..., None]] = {
    "advance": World.advance,
    "cell": _cell,
    "cut_off": lambda world, component, subject: world.cut_off.add((component, subject)),
    "doom": _doom,
    "freeze": lambda world, component, subject: world.frozen.add((component, subject)),
    "keyspace": _keyspace,
    "kill": World.kill,
    "log": _say,
    "lose_data": lambda world, alias: world.mysqlds[alias].lose_everything(),
    "mysql": _mysql,
    "purge": _purge,
    "record_type": lambda world, alias, type_: _record(world, alias, type=type_),
    "remove": World.remove,
    "shard": _shard,
    "start_again": _start_again,
    "stay_dead": _stay_dead,
    "tablet_stays_dead": _tablet_stays_dead,
    "add_transaction": _add_transaction,
    "create_table": _create_table,
    "forget_cell": lambda world, name: world.topology.cells.pop(name),
    "forget_tablet": lambda world, alias: world.topology.tablets.pop(alias),
    "forget_shard": lambda world, keyspace, shard: world.topology.shards.pop((keyspace, shard)),
    "stopped_record": lambda world, alias: _record(world, alias, hostname="", ports={}, mysql_hostname=""),
    "transactions": _transactions,
    "unapplied": _unapplied,
    "vschema": lambda world, keyspace, text: world.topology.vschemas.__setitem__(keyspace, text),
    "write_rows": lambda world, count: world.write_rows(count),
}
