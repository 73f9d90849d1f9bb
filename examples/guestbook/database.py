"""Messages in Vitess: the MySQL protocol to vtgate, a connection for each request, no wait without an end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pymysql
from pymysql.connections import Connection
from pymysql.constants import ER

from .settings import Settings

CONNECT_SECONDS = 2
READ_SECONDS = 3
WRITE_SECONDS = 6
"""A primary that was just elected may take a moment; who writes would rather wait than try again."""
NEWEST = 50
"""How many messages of a page are shown."""
SELECT = "select time_created_ns, message from messages where page = %s order by time_created_ns desc limit %s"
ONE = "select message from messages where page = %s and time_created_ns = %s"
INSERT = "insert into messages (page, time_created_ns, message) values (%s, %s, %s)"

T = TypeVar("T")


class Unavailable(Exception):
    """The database did not do what was asked, in the words of the last one that was asked."""


@dataclass(frozen=True)
class Message:
    """One message."""

    created_ns: int
    """When it was written, in nanoseconds since 1970; with the page it is the row's key."""
    text: str


@dataclass(frozen=True)
class Answer:
    """The newest messages of a page, and who was asked."""

    messages: Sequence[Message]
    tablet_type: str
    """`replica`, or the primary's word in this release of Vitess where no replica answered."""
    from_replicas: bool = True
    """Whether replicas are asked first, which MySQL clients of Vitess 2.1 cannot do."""


class Silent(Connection):
    """A connection that sends nothing of its own: vtgate of Vitess 2.1 takes SET NAMES for a syntax error."""

    def set_character_set(self, charset: str, collation: str | None = None) -> None:
        """Not sent: the handshake has said it."""


Connect = Callable[[str, float], Any]
"""Opens a connection to a target (`messages@replica`), on which nothing may take longer than these seconds."""


def connector(settings: Settings) -> Connect:
    """Connections to vtgate."""

    def connect(target: str, seconds: float) -> Any:
        return Silent(
            host=settings.vtgate_host,
            port=settings.vtgate_port,
            user=settings.user,
            password=settings.password(),
            database=target,
            charset="utf8mb4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=seconds,
            write_timeout=seconds,
            autocommit=None,  # as vtgate has it, which is on; else it would send SET AUTOCOMMIT
        )

    return connect


class Messages:
    """The table of messages."""

    def __init__(self, connect: Connect, primary: str, replica: str) -> None:
        """`primary`, `replica`: targets of vtgate."""
        self._connect = connect
        self._primary = primary
        self._replica = replica

    def newest(self, page: int) -> Answer:
        """What a page shows, from a replica; from the primary where none answers. Raises Unavailable."""
        if self._replica == self._primary:
            return self._read(self._primary, page)
        try:
            return self._read(self._replica, page)
        except Unavailable:
            return self._read(self._primary, page)

    def _read(self, target: str, page: int) -> Answer:
        rows = self._on(target, READ_SECONDS, lambda cursor: _select(cursor, page))
        messages = tuple(Message(int(created), _text(text)) for created, text in rows)
        return Answer(messages, target.partition("@")[2] or "primary", self._replica != self._primary)

    def add(self, page: int, message: Message) -> Message:
        """Write a message to the primary, and give it as it is there. The same one again is not written twice.

        Raises Unavailable; then nobody knows whether it was written, and trying again will tell.
        """
        return self._on(self._primary, WRITE_SECONDS, lambda cursor: _insert(cursor, page, message))

    def _on(self, target: str, seconds: float, work: Callable[[Any], T]) -> T:
        try:
            connection = self._connect(target, seconds)
            try:
                with connection.cursor() as cursor:
                    return work(cursor)
            finally:
                connection.close()
        except (pymysql.MySQLError, OSError) as error:
            raise Unavailable(_words(error)) from error


def _select(cursor: Any, page: int) -> Sequence[tuple[int, str | bytes | None]]:
    cursor.execute(SELECT, (page, NEWEST))
    rows: Sequence[tuple[int, str | bytes | None]] = cursor.fetchall()
    return rows


def _insert(cursor: Any, page: int, message: Message) -> Message:
    """A moment that another message of the page has is left to it: this one gets the next."""
    while True:
        try:
            cursor.execute(INSERT, (page, message.created_ns, message.text))
            return message
        except pymysql.IntegrityError as error:
            if error.args[0] != ER.DUP_ENTRY:
                raise
        cursor.execute(ONE, (page, message.created_ns))
        if any(_text(text) == message.text for (text,) in cursor.fetchall()):
            return message
        message = replace(message, created_ns=message.created_ns + 1)


def _text(text: str | bytes | None) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text or ""


def _words(error: Exception) -> str:
    """The server's own words, or the system's."""
    return str(error.args[-1]) if error.args else type(error).__name__
