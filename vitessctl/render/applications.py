"""What an application is told: where it listens, where vtgate is, as whom it connects. The same names on every target.

A password is never among them: it is in a file, and a variable names the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from vitessctl import releases
from vitessctl.model.applications import Application
from vitessctl.model.cluster import Cluster, User
from vitessctl.render.layout import Layout

_REFERENCE = re.compile(r"\$\((\w+)\)")
Variables = Mapping[str, str]


def variables(cluster: Cluster, application: Application, layout: Layout) -> Variables:
    """Every environment variable: ours, then those of the spec, in which `$(NAME)` stands for one of ours."""
    own = _own(cluster, application, layout)
    return {**own, **{name: filled(value, own) for name, value in application.env.items()}}


def _own(cluster: Cluster, application: Application, layout: Layout) -> Variables:
    cell = cluster.cell(application.cell)
    release = releases.get(layout.release_of("vtgate"))
    typed = release.mysql_target_has_type
    known = {
        "HOST": layout.bind_address,
        "PORT": str(layout.application_port(application)),
        "VTGATE_HOST": layout.vtgate_host(cell),
        "VTGATE_PORT": str(layout.vtgate_ports(cell).mysql),
        "VTGATE_USER": application.user or application.name,
        "VTGATE_PASSWORD_FILE": layout.password_file(application) if user_of(cluster, application) else None,
        "VTGATE_KEYSPACE": application.keyspace,
        "VTGATE_PRIMARY": f"{application.keyspace}@{release.primary_type}" if typed else application.keyspace,
        "VTGATE_REPLICA": f"{application.keyspace}@replica" if typed else application.keyspace,
    }
    return {name: value for name, value in known.items() if value is not None}


def user_of(cluster: Cluster, application: Application) -> User | None:
    """As whom it connects; None where vtgate asks for no password, or somebody else's Secret holds the users."""
    return next((user for user in cluster.users if user.name == application.user), None)


def filled(text: str, known: Variables) -> str:
    """The text with what is known in place of `$(NAME)`; a text that is nothing else is that value itself."""
    alone = _REFERENCE.fullmatch(text)
    if alone and alone[1] in known:
        return known[alone[1]]
    return _REFERENCE.sub(lambda found: known.get(found[1], found[0]), text)


def words(command: Iterable[str], known: Variables) -> tuple[str, ...]:
    """A command line, filled in the same way."""
    return tuple(filled(word, known) for word in command)
