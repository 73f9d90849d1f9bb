"""The documents of the Kubernetes target: its objects, each from a template."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.model.cluster import Cluster
from vitessctl.render.documents import Document
from vitessctl.render.objects import Objects
from vitessctl.render.renderer import Renderer
from vitessctl.render.users import users_secret


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
    yield from _applications(cluster, source)


def _etcd(cluster: Cluster, source: Objects) -> Iterator[Document]:
    yield source.one("etcd", "serviceaccount", template="serviceaccount.yaml.j2")
    if not cluster.topology.managed:
        return
    if cluster.topology.operator == "coreos":
        yield source.one("etcd", "coreos-peer-service")
    if cluster.topology.operator:
        yield source.workload("etcd", f"{cluster.topology.operator}-etcdcluster")
        return
    for kind in ("networkpolicy", "service", "peer-service"):
        yield source.one("etcd", kind)
    yield source.workload("etcd", "statefulset")
    if cluster.topology.members > 1:
        yield source.one("etcd", "poddisruptionbudget")


def _vtctld(cluster: Cluster, source: Objects) -> Iterator[Document]:
    for kind in ("networkpolicy", "service"):
        yield source.one("vtctld", kind)
    yield source.workload("vtctld", "deployment")


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
        data, generated = users_secret(cluster)
        yield source.one("vtgate", "secret", data=data, generated=generated)
    for kind in ("service", "poddisruptionbudget", "deployment"):
        for cell in cluster.cells:
            yield source.of_cell("vtgate", kind, cell)
    for cell in cluster.cells:
        if cell.vtgate.autoscale:
            yield source.of_cell("vtgate", "horizontalpodautoscaler", cell)


def _applications(cluster: Cluster, source: Objects) -> Iterator[Document]:
    if cluster.applications:
        yield source.one("application", "networkpolicy")
    for kind in ("service", "deployment"):
        for application in cluster.applications:
            yield source.of_application(kind, application)
    for application in cluster.applications:
        if application.replicas > 1:
            yield source.of_application("poddisruptionbudget", application)
