"""SQL on the MySQL of one tablet, as DBA, through vtctld."""

from __future__ import annotations

from dataclasses import dataclass

from vitessctl.errors import UsageError, VitessctlError
from vitessctl.sql.result import Result
from vitessctl.sql.tokens import tokens
from vitessctl.vtctld.errors import NodeMissingError, TooManyRowsError
from vitessctl.vtctld.interface import Vtctld
from vitessctl.vtctld.records import TabletRecord

FETCHED = 10_000
"""Rows that a tablet is asked for at least: it refuses a statement that gives more, where only some are to be shown."""
_CHANGES_ROWS = frozenset(
    ("INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "WITH", "CALL", "CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME")
)


@dataclass(frozen=True)
class TabletPlace:
    """One tablet."""

    vtctld: Vtctld
    record: TabletRecord
    seconds: float
    """How long a statement may take."""

    @property
    def name(self) -> str:
        """For a sentence."""
        return f"{self.record.alias} ({self.record.type})"

    def run(self, statement: str, max_rows: int) -> Result:
        """Run one statement. Raises what vtctld raises, and TooManyRowsError."""
        limit = max(max_rows + 1, FETCHED)
        try:
            found = self.vtctld.fetch_as_dba(self.record.alias, statement, limit, self.seconds)
        except TooManyRowsError as error:
            error.fix = f"a tablet gives at most {limit} rows to vtctld: add LIMIT to the statement"
            raise
        return Result(found.columns, found.rows[:max_rows], found.rows_affected, len(found.rows) > max_rows)

    def refuse(self, statement: str) -> VitessctlError | None:
        """Why a statement that writes must not be run here, although writing was asked for."""
        first = next(tokens(statement), None)
        if self.record.type == "primary" or first is None or first.word not in _CHANGES_ROWS:
            return None
        return UsageError(
            f"{self.name} is not the primary of its shard, and {first.word} would change its rows",
            where=self.record.alias,
            why="what is written to a replica is a transaction that the primary lacks (errant): the replica could "
            "never be promoted",
            fix=f"use --primary {self.record.keyspace}/{self.record.shard}, or vtgate (no option)",
        )

    def close(self) -> None:
        """Nothing is held; the connection to vtctld is its owner's."""


def by_alias(vtctld: Vtctld, alias: str) -> TabletRecord:
    """The tablet's record. Raises NodeMissingError."""
    for record in vtctld.tablets():
        if record.alias == alias:
            return record
    raise NodeMissingError(
        f"there is no tablet {alias} in the topology", where=alias, fix="see which there are: vitessctl tablets"
    )


def of_shard(vtctld: Vtctld, keyspace: str, shard: str, kind: str) -> TabletRecord:
    """The primary of a shard (`kind` is `primary`), or its first `replica` by alias. Raises NodeMissingError."""
    records = sorted(vtctld.tablets(keyspace, shard), key=lambda record: record.alias)
    if kind == "primary":
        found = vtctld.shard(keyspace, shard)
        records = [record for record in records if found is not None and record.alias == found.primary]
    else:
        records = [record for record in records if record.type == kind]
    if records:
        return records[0]
    raise NodeMissingError(
        f"{keyspace}/{shard} has no {kind}",
        where=f"{keyspace}/{shard}",
        why="no tablet of it has that type in the topology",
        fix=f"see what it has: vitessctl tablets {keyspace}/{shard}",
    )
