"""Single Kubernetes objects: what each template is given, and the document that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vitessctl import releases
from vitessctl.model.applications import COMPONENT, Application
from vitessctl.model.cluster import Cell, Cluster, Shard, Tablet
from vitessctl.model.naming import safe_shard
from vitessctl.render import applications, giving_away, layout_kubernetes, object_rules, pods
from vitessctl.render.commandline import CommandLine, CommandLines
from vitessctl.render.documents import Document
from vitessctl.render.facts import Subject
from vitessctl.render.generated import key_of
from vitessctl.render.layout import Expanded
from vitessctl.render.layout_kubernetes import KubernetesLayout
from vitessctl.render.names import label_value
from vitessctl.render.raw import not_legal
from vitessctl.render.renderer import Renderer
from vitessctl.render.yamlmoulds import data_of

STAGE_OF = {
    "etcd": "etcd",
    "vtctld": "vtctld",
    "vttablet": "mysql",
    "vtorc": "vtorc",
    "vtgate": "vtgate",
    COMPONENT: "applications",
}
"""Tablets are applied at once: MySQL's initialisation takes longest, and vttablet waits in its pod for its keyspace."""


_SELECTING = ("vitessctl.io/cluster", "vitessctl.io/component", "vitessctl.io/tablet-alias")
"""Enough to tell a tablet's pods from all others. A selector never changes, so it holds no more than it has to."""

_SHARD = ("vitessctl.io/cluster", "vitessctl.io/keyspace", "vitessctl.io/shard")


@dataclass(frozen=True)
class Arguments:
    """A container's command line, with dollar signs doubled where Kubernetes is not to expand anything."""

    program: str
    arguments: tuple[str, ...]


def arguments(command: CommandLine) -> Arguments:
    """The command line for a container."""
    words = (word if isinstance(word, Expanded) else literal(word) for word in command.arguments)
    return Arguments(command.program, tuple(words))


def literal(text: str) -> str:
    """The text so that Kubernetes expands nothing in it."""
    return text.replace("$", "$$")


def _pod_values(placed: pods.Placed, labels: Mapping[str, Any]) -> dict[str, Any]:
    """What a pod's template is given beside its command line."""
    pod_labels = {**placed.pod.labels, **labels["labels"]}
    return {"pod": placed.pod, "apart": placed.apart, "spread": placed.spread, "pod_labels": pod_labels}


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
            "layout": self.layout,
            "etcd_ports": layout_kubernetes.ETCD,
            "ports": layout_kubernetes.VITESS,
            "folders": layout_kubernetes.FOLDERS,
        }

    def command(self, component: str, subject: Subject) -> Arguments:
        """What a container of the component is started with."""
        return arguments(self._commands.of(component, subject))

    def one(self, component: str, kind: str, *, template: str = "", **values: Any) -> Document:
        """An object that a cluster has once for a component."""
        file = template or f"{component}-{kind}.yaml.j2"
        return self._document(component, file, "", {**self._labels(component), **values})

    def workload(self, component: str, kind: str) -> Document:
        """What runs the pods of etcd or vtctld."""
        labels = self._labels(component)
        if component == "etcd":
            members = self.layout.etcd_members()
            command = self.command("etcd", members[0]) if members else None
            placed = pods.of_etcd(self._cluster, labels["selector"])
        else:
            command, placed = self.command(component, None), pods.of_vtctld(self._cluster, labels["selector"])
        return self.one(component, kind, command=command, **_pod_values(placed, labels))

    def of_cell(self, component: str, kind: str, cell: Cell) -> Document:
        """An object that each cell has for a component."""
        labels = self._labels(component, cell=cell.name)
        context = {**labels, "cell": cell, "name": self.layout.name(component, cell.name)}
        if kind == "deployment":
            of = pods.of_vtgate if component == "vtgate" else pods.of_vtorc
            placed = of(self._cluster, cell, labels["selector"])
            context |= {"command": self.command(component, cell), **_pod_values(placed, labels)}
        return self._document(component, f"{component}-{kind}.yaml.j2", cell.name, context)

    def of_application(self, kind: str, application: Application) -> Document:
        """An object that each application has."""
        labels = self._labels(COMPONENT, application=application.name)
        known = applications.variables(self._cluster, application, self.layout)
        user = applications.user_of(self._cluster, application)
        context = {
            **labels,
            **_pod_values(pods.of_application(self._cluster, application, labels["selector"]), labels),
            "name": self.layout.application_name(application),
            "application": application,
            "command": [literal(word) for word in applications.words(application.command, known)],
            "variables": {name: literal(value) for name, value in known.items()},
            "password_key": key_of(user.name) if user else "",
            "password_file": layout_kubernetes.PASSWORD,
        }
        return self._document(COMPONENT, f"application-{kind}.yaml.j2", application.name, context)

    def of_shard(self, shard: Shard) -> Document:
        """The disruption budget of a shard."""
        labels = self._labels("vttablet", keyspace=shard.keyspace, shard=safe_shard(shard.name))
        name = self.layout.name("vttablet", shard.keyspace, safe_shard(shard.name))
        return self._document("vttablet", "vttablet-poddisruptionbudget.yaml.j2", shard.path, {**labels, "name": name})

    def of_tablet(self, tablet: Tablet) -> Document:
        """A tablet's StatefulSet."""
        parts = {"cell": tablet.cell, "keyspace": tablet.keyspace, "shard": safe_shard(tablet.shard)}
        labels = self._labels("vttablet", **parts, tablet_alias=tablet.alias)
        shard = {key: labels["labels"][key] for key in _SHARD}
        context = {
            **labels,
            **_pod_values(pods.of_tablet(self._cluster, tablet, shard), labels),
            "mysqld_pod": pods.of_mysqld(self._cluster),
            "waiting": giving_away.waiting(self._cluster, tablet, self.layout),
            "giving_away": giving_away.before_stop(self._cluster, tablet, self.layout),
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

    def _document(self, component: str, file: str, subject: str, context: Mapping[str, Any]) -> Document:
        release = releases.get(self.layout.release_of(component))
        raw = self._renderer.raw(file, {**self._shared, "release": release, **context})
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
            secret=data["kind"] == "Secret",
            generated=tuple(context.get("generated", ())),
        )
