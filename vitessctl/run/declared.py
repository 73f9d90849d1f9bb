"""Looking at the schemas and VSchemas that the spec declares, and making them so, through vtctld."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from vitessctl.model.cluster import Keyspace
from vitessctl.schema.difference import Difference, statements
from vitessctl.schema.drift import KeyspaceDrift, ShardDrift, Tables, shard_drift
from vitessctl.schema.parse import table_of
from vitessctl.schema.tokens import statements_of
from vitessctl.schema.vschema import VSchema, VSchemaDrift, vschema_drift
from vitessctl.vtctld.interface import Vtctld

AT_ONCE = 8
"""How many shards are asked at the same time."""


def strange_statement(keyspace: Keyspace) -> str:
    """The first statement of its schema that creates no table, "" if all do.

    There is no telling whether such a statement has been run before, so it is never run.
    """
    return next((each for each in statements_of(keyspace.schema) if not table_of(each)), "")


def look_at_schema(vtctld: Vtctld, keyspace: Keyspace, seconds: float = 15.0, there: bool = True) -> KeyspaceDrift:
    """A keyspace beside its shards' primaries. A shard that nobody leads counts as one that has no tables.

    `seconds`: what each primary gets to answer. `there`: whether the keyspace exists. VtctldError where one does not
    answer.
    """
    primaries = {shard.name: shard.primary for shard in vtctld.shards(keyspace.name)} if there else {}
    declared = statements_of(keyspace.schema)

    def look(shard: str) -> ShardDrift:
        return shard_drift(declared, _tables(vtctld, primaries.get(shard, ""), seconds))

    names = [shard.name for shard in keyspace.shards]
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return KeyspaceDrift(keyspace.name, dict(zip(names, pool.map(look, names), strict=True)))


def _tables(vtctld: Vtctld, primary: str, seconds: float) -> Tables:
    return {table.name: table.schema for table in vtctld.schema(primary, seconds)} if primary else {}


def change_schema(vtctld: Vtctld, drift: KeyspaceDrift, wanted: Sequence[Difference]) -> None:
    """Make these differences go. SchemaChangeError names the shards where it failed.

    What all shards need goes through ApplySchema. Where only some need it, because an earlier change got no further or
    somebody changed a shard by hand, ApplySchema would fail on the others: there each primary is told by itself.
    """
    for names, together in _by_shards(drift, wanted).items():
        if len(names) == len(drift.shards):
            vtctld.apply_schema(drift.keyspace, statements(together))
            continue
        for name in names:
            record = vtctld.shard(drift.keyspace, name)
            if record is not None and record.primary:
                for statement in statements(together):
                    vtctld.run_ddl(record.primary, statement)


def _by_shards(drift: KeyspaceDrift, wanted: Sequence[Difference]) -> Mapping[tuple[str, ...], tuple[Difference, ...]]:
    found: dict[tuple[str, ...], tuple[Difference, ...]] = {}
    for difference in wanted:
        names = drift.where(difference)
        found[names] = (*found.get(names, ()), difference)
    return found


def look_at_vschema(vtctld: Vtctld, keyspace: Keyspace) -> VSchemaDrift:
    """A keyspace's VSchema beside the one in the topology."""
    return vschema_drift(json.loads(keyspace.vschema), json.loads(vtctld.vschema(keyspace.name) or "{}"))


def change_vschema(vtctld: Vtctld, keyspace: str, vschema: VSchema) -> None:
    """Replace a keyspace's VSchema."""
    vtctld.apply_vschema(keyspace, json.dumps(vschema, sort_keys=True))


def sentences(differences: Sequence[Difference]) -> Iterator[tuple[str, str]]:
    """What is done, as verb and object: `create`, `t, u`; `alter`, `t (add column a, add index b)`."""
    if created := [each.table for each in differences if each.is_whole]:
        yield "create", ", ".join(created)
    for table in dict.fromkeys(each.table for each in differences if not each.is_whole):
        changes = ", ".join(each.what for each in differences if each.table == table and not each.is_whole)
        yield "alter", f"{table} ({changes})"
