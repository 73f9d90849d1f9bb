"""The lines to go on with, so that they work when they are pasted."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from vitessctl.report.hidden import pasteable

if TYPE_CHECKING:
    from vitessctl.cli.session import SpecOptions, Where
    from vitessctl.model.applications import Application
    from vitessctl.model.cluster import Cluster
    from vitessctl.targets.base import Target

FLAGS = {"rehearsal": ["--rehearse"], "local": ["--local"], "kubernetes": []}


def next_steps(cluster: Cluster, target: Target, spec: SpecOptions, where: Where) -> list[str]:
    """How to connect, and the commands that look at this cluster and stop it."""
    same = same_cluster(spec, target.name, where)
    if target.name == "kubernetes":
        return [
            "",
            f"connect:          vitessctl connect {same}",
            *(_forwarded(cluster, application) for application in cluster.applications if application.replicas),
            f"look at it:       vitessctl status {same}",
            f"stop it:          vitessctl down {same}",
        ]
    user = cluster.users[0].name if cluster.users else "root"
    password = " -p" if cluster.users else ""
    lines = [""]
    for cell in cluster.cells:
        address = target.address("vtgate", cell.name, "mysql")
        lines.append(f"connect ({cell.name}):  mysql -h {address.host} -P {address.port} -u {user}{password}")
    for application in cluster.applications:
        lines.append(f"{application.name + ':':<17} http://{target.address('application', application.name, 'http')}/")
    lines.append(f"look at it:       vitessctl status {same}")
    lines.append(f"stop it:          vitessctl down {same}")
    return lines


def _forwarded(cluster: Cluster, application: Application) -> str:
    """How a person opens an application that only has a name within Kubernetes."""
    from vitessctl.render.layout_kubernetes import KubernetesLayout

    service = f"service/{KubernetesLayout(cluster).application_name(application)}"
    return f"{application.name + ':':<17} kubectl -n {cluster.namespace} port-forward {service} {application.port}"


def same_cluster(spec: SpecOptions, target: str, where: Where) -> str:
    """The options that lead another command to the same cluster. A value of -e that may be a secret is left out."""
    words = ["-i", str(spec.inventory)] if spec.inventory else []
    words += FLAGS[target]
    words += ["--context", where.context] if where.context else []
    words += ["--state-dir", str(where.state_dir)] if where.state_dir else []
    for extra in spec.extra_vars or ():
        words += ["-e", pasteable(extra)]
    for image in spec.images or ():
        words += ["--image", image]
    return shlex.join(words)
