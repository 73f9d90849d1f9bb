"""Single Kubernetes objects: what each template is given, and the document that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vitessctl import releases
from vitessctl.model.cluster import Cell, Cluster, Shard, Tablet
from vitessctl.model.naming import safe_shard
from vitessctl.render import layout_kubernetes, object_rules
from vitessctl.render.commandline import CommandLine, CommandLines
from vitessctl.render.documents import Document
from vitessctl.render.facts import Subject
from vitessctl.render.layout import Expanded
from vitessctl.render.layout_kubernetes import KubernetesLayout
from vitessctl.render.names import label_value
from vitessctl.render.raw import not_legal
from vitessctl.render.renderer import Renderer
from vitessctl.render.yamlmoulds import data_of

STAGE_OF = {"etcd": "etcd", "vtctld": "vtctld", "vttablet": "tablets", "vtorc": "vtorc", "vtgate": "vtgate"}


_SELECTING = ("vitessctl.io/cluster", "vitessctl.io/component", "vitessctl.io/tablet-alias")
"""Enough to tell a tablet's pods from all others. A selector never changes, so it holds no more than it has to."""


@dataclass(frozen=True)
class Arguments:
    """A container's command line, with dollar signs doubled where Kubernetes is not to expand anything."""

    program: str
    arguments: tuple[str, ...]


def arguments(command: CommandLine) -> Arguments:
    """The command line for a container."""
    words = (word if isinstance(word, Expanded) else word.replace("$", "$$") for word in command.arguments)
    return Arguments(command.program, tuple(words))


class Objects:
    """Renders single objects; holds what all templates are given."""

    def __init__(self, cluster: Cluster, renderer: Renderer) -> None:
        self.layout = KubernetesLayout(cluster)
        self.release = releases.get(cluster.release)
        self._commands = CommandLines(cluster, self.layout)
        self._cluster = cluster
        self._renderer = renderer
        self._shared: Mapping[str, Any] = {
            "cluster": cluster,
            "release": self.release,
            "layout": self.layout,
            "etcd_ports": layout_kubernetes.ETCD,
            "ports": layout_kubernetes.VITESS,
            "folders": layout_kubernetes.FOLDERS,
        }

    def command(self, component: str, subject: Subject) -> Arguments:
        """What a container of the component is started with."""
        return arguments(self._commands.of(component, subject))

    def one(self, component: str, kind: str, *, template: str = "", secret: bool = False, **values: Any) -> Document:
        """An object that a cluster has once for a component."""
        file = template or f"{component}-{kind}.yaml.j2"
        return self._document(component, file, "", {**self._labels(component), **values}, secret=secret)

    def of_cell(self, component: str, kind: str, cell: Cell) -> Document:
        """An object that each cell has for a component."""
        labels = self._labels(component, cell=cell.name)
        command = self.command(component, cell) if kind == "deployment" else None
        context = {**labels, "cell": cell, "name": self.layout.name(component, cell.name), "command": command}
        return self._document(component, f"{component}-{kind}.yaml.j2", cell.name, context)

    def of_shard(self, shard: Shard) -> Document:
        """The disruption budget of a shard."""
        labels = self._labels("vttablet", keyspace=shard.keyspace, shard=safe_shard(shard.name))
        name = self.layout.name("vttablet", shard.keyspace, safe_shard(shard.name))
        return self._document("vttablet", "vttablet-poddisruptionbudget.yaml.j2", shard.path, {**labels, "name": name})

    def of_tablet(self, tablet: Tablet) -> Document:
        """A tablet's StatefulSet."""
        parts = {"cell": tablet.cell, "keyspace": tablet.keyspace, "shard": safe_shard(tablet.shard)}
        context = {
            **self._labels("vttablet", **parts, tablet_alias=tablet.alias),
            "name": self.layout.tablet_name(tablet),
            "tablet": tablet,
            "cell": self._cluster.cell(tablet.cell),
            "vttablet": self.command("vttablet", tablet),
            "mysqlctld": self.command("mysqlctld", tablet),
        }
        return self._document("vttablet", "vttablet-statefulset.yaml.j2", tablet.alias, context)

    def _labels(self, component: str, **parts: str) -> dict[str, Any]:
        """`selector`: what tells this thing from all others. `labels`: all that is known of it."""
        own = {"cluster": self._cluster.name, "component": component, **parts}
        known = {f"vitessctl.io/{part.replace('_', '-')}": label_value(value) for part, value in own.items()}
        selector = {key: known[key] for key in _SELECTING if key in known} if "tablet_alias" in parts else known
        common = {
            "app.kubernetes.io/name": component,
            "app.kubernetes.io/instance": label_value(self._cluster.name),
            "app.kubernetes.io/component": component,
            "app.kubernetes.io/part-of": "vitess",
            "app.kubernetes.io/managed-by": "vitessctl",
        }
        return {"labels": {**common, **known}, "selector": selector}

    def _document(
        self, component: str, file: str, subject: str, context: Mapping[str, Any], *, secret: bool = False
    ) -> Document:
        raw = self._renderer.raw(file, {**self._shared, **context})
        template = self._renderer.name(file)
        data = data_of(raw, template, object_rules.rule)
        if not (data.get("apiVersion") and data.get("kind") and object_rules.name_of(data)):
            raise not_legal(template, "it needs apiVersion, kind and metadata.name")
        return Document(
            stage=STAGE_OF[component],
            component=component,
            kind=data["kind"],
            name=object_rules.name_of(data),
            text=raw.text,
            template=template,
            data=data,
            subject=subject,
            secret=secret,
        )
