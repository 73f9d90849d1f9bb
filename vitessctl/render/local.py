"""The documents of the local target: supervisor programs, and the files that they read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vitessctl import releases
from vitessctl.model.applications import COMPONENT, Application
from vitessctl.model.cluster import Cell, Cluster, Tablet, User
from vitessctl.render import applications
from vitessctl.render.commandline import CommandLines
from vitessctl.render.documents import Document
from vitessctl.render.facts import Subject
from vitessctl.render.layout import Expanded
from vitessctl.render.layout_local import LocalLayout, password_path, state_path
from vitessctl.render.programs import settings_of
from vitessctl.render.renderer import Renderer
from vitessctl.render.users import users_file

STAGE_OF = {
    "etcd": "etcd",
    "vtctld": "vtctld",
    "mysqlctld": "mysql",
    "vttablet": "tablets",
    "vtorc": "vtorc",
    "vtgate": "vtgate",
    COMPONENT: "applications",
}


def documents(cluster: Cluster, renderer: Renderer) -> Iterator[Document]:
    """Everything that runs on this machine, in the order of the stages."""
    source = _LocalDocuments(cluster, renderer)
    for member in source.layout.etcd_members():
        yield source.program("etcd", member.name, member.name, member)
    yield source.program("vtctld", "vtctld", "", None)
    yield source.file("mysqlctld", "config/my.cnf", "my.cnf.j2")
    if source.release.init_db_sql_required:
        yield source.file("mysqlctld", "config/init_db.sql", "init_db.sql.j2")
    for tablet in cluster.tablets():
        yield source.program("mysqlctld", f"mysqlctld-{tablet.alias}", tablet.alias, tablet)
    for tablet in cluster.tablets():
        yield source.program("vttablet", f"vttablet-{tablet.alias}", tablet.alias, tablet)
    if source.release.has_vtorc:
        for cell in cluster.cells:
            yield source.program("vtorc", f"vtorc-{cell.name}", cell.name, cell)
    if cluster.users:
        yield source.file("vtgate", "config/vtgate-users.json", "vtgate-users.json.j2", secret=True)
    for cell in cluster.cells:
        yield source.program("vtgate", f"vtgate-{cell.name}", cell.name, cell)
    told = {application.user for application in cluster.applications}
    yield from (source.password(user) for user in cluster.users if user.name in told)
    yield from (source.application(application) for application in cluster.applications)


class _LocalDocuments:
    def __init__(self, cluster: Cluster, renderer: Renderer) -> None:
        self.layout = LocalLayout(cluster)
        self.release = releases.get(cluster.release)
        self._cluster = cluster
        self._renderer = renderer
        self._commands = CommandLines(cluster, self.layout)
        self._shared = {"cluster": cluster, "release": self.release, "users": users_file(cluster)}

    def program(self, component: str, name: str, subject_name: str, subject: Subject) -> Document:
        """One supervisor program."""
        values = {
            "command": self._commands.of(component, subject),
            "tablet": subject if isinstance(subject, Tablet) else None,
            "cell": subject if isinstance(subject, Cell) else None,
        }
        return self._program(component, name, subject_name, values)

    def application(self, application: Application) -> Document:
        """The program of an application. Its variables are words of its command, which hold whatever a value holds:
        supervisor's own `environment=` knows no escape.
        """
        known = applications.variables(self._cluster, application, self.layout)
        values = {
            "application": application,
            "directory": state_path(f"applications/{application.name}")
            if application.local_directory
            else Expanded("%(here)s"),
            "variables": [_assigned(name, value) for name, value in known.items()],
            "words": applications.words(application.local_command, known),
        }
        return self._program(COMPONENT, f"{COMPONENT}-{application.name}", application.name, values)

    def _program(self, component: str, name: str, subject_name: str, values: Mapping[str, Any]) -> Document:
        file = f"{component}.conf.j2"
        raw = self._renderer.raw(file, {**self._shared, "name": name, **values})
        return Document(
            stage=STAGE_OF[component],
            component=component,
            kind="Program",
            name=name,
            text=raw.text,
            template=self._renderer.name(file),
            data=settings_of(raw, name, self._renderer.name(file)),
            subject=subject_name,
        )

    def password(self, user: User) -> Document:
        """The file from which an application reads its password."""
        values = {**self._shared, "user": user}
        return self.file(COMPONENT, password_path(user.name), "application.password.j2", secret=True, values=values)

    def file(
        self,
        component: str,
        path: str,
        template: str,
        *,
        secret: bool = False,
        values: Mapping[str, Any] | None = None,
    ) -> Document:
        """One plain file below the state folder. `values`: what its template is given in place of the usual."""
        return Document(
            stage=STAGE_OF[component],
            component=component,
            kind="File",
            name=path,
            text=self._renderer.raw(template, values or self._shared).text,
            template=self._renderer.name(template),
            data={},
            secret=secret,
        )


def _assigned(name: str, value: str) -> str:
    """`NAME=value` as a word for env(1)."""
    return value.prefixed(f"{name}=") if isinstance(value, Expanded) else f"{name}={value}"
