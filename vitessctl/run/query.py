"""A query through vtgate, as any MySQL client would send it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from vitessctl.model.cluster import User
from vitessctl.targets.base import Address


def ping(address: Address, users: Sequence[User], seconds: float = 3.0) -> str:
    """Why `select 1` does not answer, "" if it does."""
    user = users[0] if users else User("vitessctl", "")
    try:
        connection = silent()(
            host=address.host,
            port=address.port,
            user=user.name,
            password=user.password,
            connect_timeout=int(seconds) or 1,
            read_timeout=seconds,
            write_timeout=seconds,
            autocommit=None,  # else it sends SET AUTOCOMMIT
        )
    except Exception as error:
        return f"no MySQL connection to {address.shown}: {_text(error)}"
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
            cursor.fetchall()
    except Exception as error:
        return f"a query fails: {_text(error)}"
    finally:
        connection.close()
    return ""


@cache
def silent() -> type[Any]:
    """pymysql's Connection that sends nothing of its own: vtgate of 2.1 takes SET NAMES for a syntax error."""
    from pymysql.connections import Connection

    class Silent(Connection):
        def set_character_set(self, charset: str, collation: str | None = None) -> None:
            """Not sent."""

    return Silent


def _text(error: Exception) -> str:
    """MySQL's own words. Where something else listens, pymysql fails in any way (IndexError, struct.error)."""
    import pymysql

    if not isinstance(error, pymysql.MySQLError):
        return "what listens there does not speak the MySQL protocol"
    return str(error.args[-1]) if error.args else type(error).__name__
