"""What differs in a keyspace between the spec and its shards. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vitessctl.schema.column import quoted
from vitessctl.schema.compare import differences
from vitessctl.schema.difference import Difference
from vitessctl.schema.parse import Unreadable, parse_table, table_of

Tables = Mapping[str, str]
"""The CREATE TABLE of each table that a shard has, by its name."""

INTERNAL = "_vt"
"""How the names of tables begin that Vitess makes for itself: of Online DDL, and those that are to be dropped."""


@dataclass(frozen=True)
class ShardDrift:
    """One shard beside the spec."""

    differences: tuple[Difference, ...] = ()
    undeclared: tuple[str, ...] = ()
    """Tables that the spec does not have."""
    unreadable: tuple[str, ...] = ()
    """Sentences about what could not be compared."""


@dataclass(frozen=True)
class KeyspaceDrift:
    """A keyspace beside the spec, by shard."""

    keyspace: str
    shards: Mapping[str, ShardDrift]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs. An undeclared table is no difference: nobody said that it has to go."""
        return not any(shard.differences or shard.unreadable for shard in self.shards.values())

    def where(self, difference: Difference) -> tuple[str, ...]:
        """The shards that have a difference."""
        return tuple(name for name, shard in self.shards.items() if difference in shard.differences)

    def differences(self) -> tuple[Difference, ...]:
        """Each difference once, whichever shards have it."""
        return tuple(dict.fromkeys(each for shard in self.shards.values() for each in shard.differences))

    def impossible(self) -> tuple[Difference, ...]:
        """Those that no statement of ours makes go."""
        return tuple(each for each in self.differences() if not each.clause)

    def with_drops(self) -> KeyspaceDrift:
        """The same, where the tables that the spec does not have are to be dropped."""
        shards = {
            name: replace(shard, differences=(*shard.differences, *dropped(shard.undeclared)), undeclared=())
            for name, shard in self.shards.items()
        }
        return replace(self, shards=shards)

    def safe(self) -> tuple[Difference, ...]:
        """What can be done without being allowed by name."""
        return tuple(each for each in self.differences() if not each.held)

    def undeclared(self) -> tuple[str, ...]:
        """Each table that no spec has, once."""
        return tuple(sorted({table for shard in self.shards.values() for table in shard.undeclared}))

    def unreadable(self) -> tuple[str, ...]:
        """Each sentence once."""
        return tuple(dict.fromkeys(text for shard in self.shards.values() for text in shard.unreadable))


def shard_drift(declared: Sequence[str], found: Tables) -> ShardDrift:
    """`declared`: CREATE TABLE statements. Names of tables are compared as they are written, as MySQL does on Linux."""
    names = {table_of(statement) for statement in declared}
    found_differences: list[Difference] = []
    unreadable: list[str] = []
    for statement in declared:
        try:
            found_differences += _of_table(statement, found)
        except Unreadable as error:
            unreadable.append(str(error))
    undeclared = sorted(name for name in found.keys() - names if not name.startswith(INTERNAL))
    return ShardDrift(tuple(found_differences), tuple(undeclared), tuple(unreadable))


def dropped(tables: Sequence[str]) -> tuple[Difference, ...]:
    """Dropping tables that the spec does not have."""
    held = "every row in it would be gone"
    return tuple(
        Difference(table, f"drop table {table}", table, "", f"DROP TABLE {quoted(table)}", held) for table in tables
    )


def _of_table(statement: str, found: Tables) -> Iterator[Difference]:
    name = table_of(statement)
    if name not in found:
        yield Difference(name, f"create table {name}", "", statement, statement)
    elif found[name]:
        yield from differences(parse_table(statement), parse_table(found[name]))
