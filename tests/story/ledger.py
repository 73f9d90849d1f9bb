"""Who writes all through the story, and what was promised to have been written."""

from __future__ import annotations

from tests.support.writer import Client
from vitessctl.run.query import silent

USER, PASSWORD = "guestbook", "change-me"
"""Those of inventories/guestbook, unless GUESTBOOK_PASSWORD says otherwise."""


class Writer(Client):
    """Writes messages one after the other, and reads them; `page` keeps its rows apart from those of others."""

    def __init__(self, address: str, page: int, reads: str = "messages@replica") -> None:
        """`reads`: the target of its reads."""
        super().__init__(None, 0, address)
        self.page, self._reads = page, reads

    def __enter__(self) -> Writer:
        super().__enter__()
        return self

    def _write(self) -> None:
        self._next += 1
        row = f"({self.page}, {self._next}, 'written under fire')"
        self._execute("messages", f"insert into messages (page, time_created_ns, message) values {row}")
        self.story.acknowledged.append(self._next)

    def _read(self) -> None:
        self._execute(self._reads, f"select count(*) from messages where page = {self.page}")

    def _execute(self, database: str, query: str) -> None:
        query_once(self._address, database, query)


def query_once(address: tuple[str, int], database: str, statement: str) -> list[tuple[object, ...]]:
    """One statement on a connection of its own; gives its rows. pymysql.MySQLError."""
    host, port = address
    connection = silent()(
        host=host,
        port=port,
        user=USER,
        password=PASSWORD,
        database=database,
        autocommit=None,  # as vtgate has it, which is on
        connect_timeout=5,
        read_timeout=35,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
