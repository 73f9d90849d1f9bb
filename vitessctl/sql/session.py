"""Statements one after the other, until the first that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from vitessctl.errors import SeveralErrors, UsageError, VitessctlError
from vitessctl.sql.reads import is_read
from vitessctl.sql.result import Result
from vitessctl.sql.spellings import SYNTAX_ERRORS, other_spelling
from vitessctl.sql.tokens import Statement, tokens
from vitessctl.vtctld.errors import SqlError

FIXES = {
    1045: "vtgate or MySQL refuses that user; the users of vtgate are `users` in cluster.yaml",
    1046: "name the keyspace with --target, or the database in the statement",
    1049: "see which keyspaces there are: vitessctl sql 'show databases'",
    1054: "see the table's columns: describe TABLE",
    1064: "mend the statement; MySQL says where it stopped understanding it",
    1105: "vtgate of this release may not know such a statement; --primary KEYSPACE/SHARD asks MySQL itself",
    1142: "this user may not; --primary KEYSPACE/SHARD runs it as DBA",
    1146: "see which tables there are: show tables; each keyspace has its own",
}
"""What to do, by MySQL's error number, where no more is known."""
_GENERAL = "Mend the statement, or what it needs."
"""What vtctld's table of refusals says where it knows no better."""


class Place(Protocol):
    """Where statements are run."""

    @property
    def name(self) -> str:
        """For a sentence."""

    def run(self, statement: str, max_rows: int) -> Result:
        """Run one. Raises VitessctlError."""

    def refuse(self, statement: str) -> VitessctlError | None:
        """Why one that writes must not be run here, although writing was asked for."""

    def close(self) -> None:
        """Give back what is held."""


class NotAReadError(UsageError):
    """A statement may write, and nobody said that it may."""

    def __init__(self, statement: Statement, count: int) -> None:
        self.number = statement.number
        first = next((token.word for token in tokens(statement.text) if token.word), "")
        number = f" {statement.number} of {count}" if count > 1 else ""
        super().__init__(
            f"statement{number} is not known to be one that only reads, so nothing was run",
            why=f"it begins with {first[:20]}, or a word in it can make it write or lock" if first else "",
            fix="if it is meant, add --write",
        )


class SqlErrors(SeveralErrors):
    """All statements that may not be run."""

    exit_code = UsageError.exit_code

    def __init__(self, errors: Sequence[VitessctlError]) -> None:
        self.errors = tuple(errors)
        super().__init__(f"{len(errors)} statements were refused; nothing was run")


def check_reads(statements: Sequence[Statement]) -> None:
    """Refuse what is not known to read, before anything is run. Raises NotAReadError or SqlErrors."""
    _raise(NotAReadError(each, len(statements)) for each in statements if not is_read(each.text))


def check_writes(statements: Sequence[Statement], place: Place) -> None:
    """Refuse what must not be written there. Raises UsageError or SqlErrors."""
    refused = (place.refuse(statement.text) for statement in statements if not is_read(statement.text))
    _raise(fault for fault in refused if fault is not None)


def _raise(found: Iterable[VitessctlError]) -> None:
    faults = list(found)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise SqlErrors(faults)


def run_all(
    statements: Sequence[Statement], place: Place, max_rows: int, show: Callable[[Statement, Result], None]
) -> None:
    """Run them in order and show each answer; the error of the first that fails names its number."""
    for statement in statements:
        try:
            result = _run(place, statement.text, max_rows)
        except VitessctlError as error:
            if isinstance(error, SqlError) and error.fix == _GENERAL:
                error.fix = FIXES.get(error.errno, error.fix)
            if len(statements) > 1:
                error.what = f"statement {statement.number} of {len(statements)}: {error.what}"
            raise
        show(statement, result)


def _run(place: Place, text: str, max_rows: int) -> Result:
    """A SHOW of replication is tried in the words of the other series, too, where the server does not know these."""
    try:
        return place.run(text, max_rows)
    except SqlError as error:
        other = other_spelling(text)
        if not other or error.errno not in SYNTAX_ERRORS:
            raise
        try:
            return place.run(other, max_rows)
        except SqlError:
            raise error from None
