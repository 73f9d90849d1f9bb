"""How a MySQL client is told where vtgate is: as a line to paste, as JSON, as words of a command."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vitessctl.errors import UsageError

if TYPE_CHECKING:
    from vitessctl.model.cluster import Cluster, User
    from vitessctl.targets.base import Address

ANYBODY = "root"
"""Who one connects as where vtgate asks nobody for a password."""


@dataclass(frozen=True)
class Connection:
    """A way to a vtgate."""

    cluster: str
    target: str
    cell: str
    address: Address
    user: User | None
    """None where anybody may connect."""
    pod: str = ""
    """Where a forward leads to."""

    @property
    def options(self) -> tuple[str, ...]:
        """What every program of MySQL understands; no password."""
        name = self.user.name if self.user else ANYBODY
        return ("-h", self.address.host, "-P", str(self.address.port), "-u", name)

    @property
    def line(self) -> str:
        """What a person types; the client asks for a password if there is one."""
        return shlex.join(["mysql", *self.options, *(["-p"] if self.user else [])])

    @property
    def data(self) -> dict[str, Any]:
        """The same as a JSON object."""
        return {
            "type": "connection",
            "cluster": self.cluster,
            "target": self.target,
            "cell": self.cell,
            "host": self.address.host,
            "port": self.address.port,
            "user": self.user.name if self.user else ANYBODY,
            "password": bool(self.user),
            "pod": self.pod,
            "command": self.line,
        }

    def placed(self, words: Sequence[str]) -> list[str]:
        """A command with the way to vtgate in it: at {host}, {port} and {user}, else after its first word."""
        names = {"{host}": self.options[1], "{port}": self.options[3], "{user}": self.options[5]}
        if not any(name in word for word in words for name in names):
            return [words[0], *self.options, *words[1:]]
        return [_filled(word, names) for word in words]

    def environment(self, before: Mapping[str, str]) -> dict[str, str]:
        """The environment of a command: the password is given there, where other users cannot read it."""
        password = {"MYSQL_PWD": self.user.password} if self.user else {}
        where = {"MYSQL_HOST": self.options[1], "MYSQL_TCP_PORT": self.options[3]}
        return {**password, **before, **where}


def _filled(word: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        word = word.replace(name, value)
    return word


def chosen_cell(cluster: Cluster, name: str | None) -> str:
    """The cell that was named, else the first. Raises UsageError."""
    names = [cell.name for cell in cluster.cells]
    if name is not None and name not in names:
        raise UsageError(
            f"there is no cell {name}", where=cluster.name, why=f"its cells are {', '.join(names)}", fix="name one"
        )
    return name or names[0]


def first_user(users: Sequence[User] | None) -> User | None:
    """Who one connects as."""
    return users[0] if users else None
