"""The names of MySQL's users that a program is told in its flags: Vitess's package dbconfigs.

A module of its own, since mysqlctld, which needs no more of it than this, loads neither gRPC nor protobuf.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.flags import Flags

if TYPE_CHECKING:
    from vitessctl.releases import Release

ROLES: Final = ("app", "allprivs", "dba", "filtered", "repl")
NEEDS_USERS: Final = "..2.2"
"""MySQL's users have no defaults yet."""
NO_USER: Final = "Access denied for user ''@'localhost' (using password: NO) (errno 1045) (sqlstate 28000)"


def check_users(flags: Flags, release: Release, roles: Iterable[str] = ROLES, doing: str = "") -> None:
    """Without a name of a role MySQL is asked with an empty one, and refuses: StartError, after what was being done."""
    if release.within(NEEDS_USERS) and not all(flags.text(f"db-config-{role}-uname") for role in roles):
        raise StartError(f"{doing}{NO_USER}")
