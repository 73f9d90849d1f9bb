"""The documents of the local target: supervisor programs, and the files that they read."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl import releases
from vitessctl.model.cluster import Cell, Cluster, Tablet
from vitessctl.render.commandline import CommandLines
from vitessctl.render.documents import Document
from vitessctl.render.facts import Subject
from vitessctl.render.layout_local import LocalLayout
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


class _LocalDocuments:
    def __init__(self, cluster: Cluster, renderer: Renderer) -> None:
        self.layout = LocalLayout(cluster)
        self.release = releases.get(cluster.release)
        self._renderer = renderer
        self._commands = CommandLines(cluster, self.layout)
        self._shared = {"cluster": cluster, "release": self.release, "users": users_file(cluster)}

    def program(self, component: str, name: str, subject_name: str, subject: Subject) -> Document:
        """One supervisor program."""
        file = f"{component}.conf.j2"
        context = {
            **self._shared,
            "name": name,
            "command": self._commands.of(component, subject),
            "tablet": subject if isinstance(subject, Tablet) else None,
            "cell": subject if isinstance(subject, Cell) else None,
        }
        raw = self._renderer.raw(file, context)
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

    def file(self, component: str, path: str, template: str, *, secret: bool = False) -> Document:
        """One plain file below the state folder."""
        return Document(
            stage=STAGE_OF[component],
            component=component,
            kind="File",
            name=path,
            text=self._renderer.raw(template, self._shared).text,
            template=self._renderer.name(template),
            data={},
            secret=secret,
        )
