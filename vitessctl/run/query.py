"""A query through vtgate, as any MySQL client would send it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from vitessctl.model.cluster import Cluster, User
from vitessctl.releases import Release
from vitessctl.targets.base import Address


@dataclass(frozen=True)
class Question:
    """What is asked to see whether anything is answered."""

    statement: str = "select 1"
    keyspace: str = ""


def question_for(cluster: Cluster, release: Release) -> Question:
    """What every vtgate of the cluster has to be able to answer.

    Where `dual` is in no sharded keyspace, an unsharded one is asked; where there is none, only vtgate itself.
    """
    if release.dual_in_every_keyspace:
        return Question()
    unsharded = [keyspace.name for keyspace in cluster.keyspaces if not keyspace.sharded]
    return Question(keyspace=unsharded[0]) if unsharded else Question("show databases")


def ping(address: Address, users: Sequence[User], question: Question = Question(), seconds: float = 3.0) -> str:
    """Why the question is not answered, "" if it is."""
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
            database=question.keyspace or None,
        )
    except Exception as error:
        return f"no MySQL connection to {address.shown}: {_text(error)}"
    try:
        with connection.cursor() as cursor:
            cursor.execute(question.statement)
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
