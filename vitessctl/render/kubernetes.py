"""The documents of the Kubernetes target: its objects, each from a template."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

from vitessctl.model.cluster import Cluster
from vitessctl.render.documents import Document
from vitessctl.render.objects import Objects
from vitessctl.render.renderer import Renderer
from vitessctl.render.users import users_file


def documents(cluster: Cluster, renderer: Renderer) -> Iterator[Document]:
    """Every object of the cluster, in the order of the stages, and in a stage what others refer to first."""
    source = Objects(cluster, renderer)
    yield from _etcd(cluster, source)
    yield from _vtctld(cluster, source)
    yield from _tablets(cluster, source)
    if source.release.has_vtorc:
        for cell in cluster.cells:
            yield source.of_cell("vtorc", "deployment", cell)
    yield from _vtgates(cluster, source)


def _etcd(cluster: Cluster, source: Objects) -> Iterator[Document]:
    yield source.one("etcd", "serviceaccount", template="serviceaccount.yaml.j2")
    if not cluster.topology.managed:
        return
    command = source.command("etcd", source.layout.etcd_members()[0])
    for kind in ("networkpolicy", "service", "peer-service", "statefulset"):
        yield source.one("etcd", kind, command=command)
    if cluster.topology.members > 1:
        yield source.one("etcd", "poddisruptionbudget")


def _vtctld(cluster: Cluster, source: Objects) -> Iterator[Document]:
    command = source.command("vtctld", None)
    for kind in ("networkpolicy", "service", "deployment"):
        yield source.one("vtctld", kind, command=command)


def _tablets(cluster: Cluster, source: Objects) -> Iterator[Document]:
    if not any(cluster.tablets()):
        return
    for kind in ("networkpolicy", "configmap", "service"):
        yield source.one("vttablet", kind)
    for shard in cluster.shards():
        yield source.of_shard(shard)
    for tablet in cluster.tablets():
        yield source.of_tablet(tablet)


def _vtgates(cluster: Cluster, source: Objects) -> Iterator[Document]:
    yield source.one("vtgate", "networkpolicy")
    if cluster.users:
        content = json.dumps(users_file(cluster), sort_keys=True).encode()
        yield source.one("vtgate", "secret", secret=True, users=base64.b64encode(content).decode())
    for kind in ("service", "poddisruptionbudget", "deployment"):
        for cell in cluster.cells:
            yield source.of_cell("vtgate", kind, cell)
