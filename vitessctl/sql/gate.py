"""SQL through vtgate, as applications send it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from vitessctl.errors import UnreachableError, VitessctlError
from vitessctl.model.cluster import User
from vitessctl.run.query import silent
from vitessctl.sql.result import Result, value_text
from vitessctl.targets.base import Address
from vitessctl.vtctld.refusal import refusal

_STATEMENT = re.compile(r" \(CallerID: .*| during query: .*|: Sql: \".*", re.DOTALL)
"""What vtgate adds to an error: the statement, in which a password may stand."""
_USED = re.compile(r", used tablet: \(alias:<.*? type:\w+ \)")
"""The whole record of a tablet, which vtgate of 2.1 puts into an error."""
_NUMBERED = re.compile(r"\(errno \d+\) \(sqlstate \w+\)")
_GONE = (2002, 2003, 2006, 2013)
"""Errors of the client itself: there is no connection, or there is none any more."""
NOBODY = "vitessctl"


class GatePlace:
    """One session with a vtgate."""

    def __init__(self, address: Address, target: str, user: User | None, seconds: float) -> None:
        """`target`: the keyspace, and perhaps the tablet type (`messages@replica`), or "". Raises VitessctlError."""
        self.address, self.target = address, target
        who = user or User(NOBODY, "")
        with self._faults("connect"):
            self._connection = silent()(
                host=address.host,
                port=address.port,
                user=who.name,
                password=who.password,
                database=target or None,
                connect_timeout=min(10, int(seconds) or 1),
                read_timeout=seconds,
                write_timeout=seconds,
                autocommit=None,  # else it sends SET AUTOCOMMIT
                use_unicode=False,
                conv={},
            )

    @property
    def name(self) -> str:
        """For a sentence."""
        return f"vtgate ({self.target})" if self.target else "vtgate"

    def run(self, statement: str, max_rows: int) -> Result:
        """Run one statement; rows beyond `max_rows` are not kept. Raises VitessctlError."""
        from pymysql.cursors import SSCursor

        with self._faults("Query"):
            cursor = self._connection.cursor(SSCursor)
            cursor.execute(statement)
            if cursor.description is None:
                return Result((), (), cursor.rowcount)
            found = cursor.fetchmany(max_rows + 1)
            columns = tuple(_name(column[0]) for column in cursor.description)
            cursor.close()  # reads the rest, so that the session can go on
        rows = tuple(tuple(value_text(value) for value in row) for row in found)
        return Result(columns, rows[:max_rows], 0, len(rows) > max_rows)

    def refuse(self, statement: str) -> VitessctlError | None:
        """vtgate sends writes where they belong."""
        return None

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    @contextmanager
    def _faults(self, call: str) -> Iterator[None]:
        import pymysql

        try:
            yield
        except pymysql.MySQLError as error:
            raise self._fault(call, error) from None
        except (OSError, IndexError, ValueError) as error:
            # struct.error is a ValueError; pymysql fails in any way where something else listens.
            raise self._gone(str(error) or type(error).__name__) from None

    def _fault(self, call: str, error: Any) -> VitessctlError:
        number, text = (*error.args, "", "")[:2]
        if not isinstance(number, int):
            return self._gone(str(number or text))
        if number in _GONE:
            return self._gone(str(text))
        text = _USED.sub("", _STATEMENT.sub("", str(text)))
        if not _NUMBERED.search(text):
            text = f"{text} (errno {number}) (sqlstate HY000)"
        return refusal(call, "UNKNOWN", text, self.name, self.address.shown)

    def _gone(self, why: str) -> UnreachableError:
        return UnreachableError(
            "vtgate cannot be asked, or did not answer in time",
            where=self.address.shown,
            why=why,
            fix="see whether it runs: vitessctl status; a long query needs a longer --timeout",
        )


def _name(name: str | bytes) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name
