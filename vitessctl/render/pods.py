"""The pods of each component: what the spec adds to them, and what is asked of the scheduler for them.

What is said of the component is widest, then the cell, then its vtgate or the pool.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vitessctl.model.applications import Application
from vitessctl.model.cluster import Cell, Cluster, Tablet
from vitessctl.model.pods import EMPTY, Pod, Settings, merged

ZONE = "topology.kubernetes.io/zone"
Selector = Mapping[str, str]


@dataclass(frozen=True)
class Placed:
    """A pod, and the selectors that a template uses where the spec says nothing else."""

    pod: Pod
    apart: Selector | None = None
    """Pods with which it rather does not share a node."""
    spread: Selector | None = None
    """Pods with which it is spread over the nodes."""


def of_etcd(cluster: Cluster, members: Selector) -> Placed:
    """An etcd member."""
    return Placed(_selecting(merged(_component(cluster, "etcd")), members), apart=members)


def of_vtctld(cluster: Cluster, own: Selector) -> Placed:
    """The one vtctld."""
    return Placed(_selecting(merged(_component(cluster, "vtctld")), own))


def of_vtorc(cluster: Cluster, cell: Cell, own: Selector) -> Placed:
    """A cell's vtorc."""
    return Placed(_selecting(merged(_zone(cell), _component(cluster, "vtorc"), cell.pod), own))


def of_vtgate(cluster: Cluster, cell: Cell, cells: Selector) -> Placed:
    """A vtgate; `cells` selects all of its cell."""
    pod = merged(_zone(cell), _component(cluster, "vtgate"), cell.pod, cell.vtgate.pod)
    return Placed(_selecting(pod, cells), spread=cells)


def of_application(cluster: Cluster, application: Application, own: Selector) -> Placed:
    """A pod of an application; `own` selects all of them."""
    cell = cluster.cell(application.cell)
    return Placed(_selecting(merged(_zone(cell), cell.pod, application.pod), own), spread=own)


def of_tablet(cluster: Cluster, tablet: Tablet, shard: Selector) -> Placed:
    """A tablet; `shard` selects all of its shard."""
    cell = cluster.cell(tablet.cell)
    pod = merged(_zone(cell), _component(cluster, "vttablet"), cell.pod, tablet.pod)
    return Placed(_selecting(pod, shard), apart=shard)


def of_mysqld(cluster: Cluster) -> Pod:
    """A tablet's MySQL: only what concerns its container counts."""
    return merged(_component(cluster, "mysqld"))


def _component(cluster: Cluster, component: str) -> Settings:
    return cluster.components.get(component, EMPTY)


def _zone(cell: Cell) -> Settings:
    return {"node_selector": {ZONE: cell.zone}} if cell.zone else EMPTY


def _selecting(pod: Pod, selector: Selector) -> Pod:
    """A constraint without a selector would spread nothing: it means the component's own pods."""
    own = {"labelSelector": {"matchLabels": dict(selector)}}
    constraints = (each if "labelSelector" in each else {**each, **own} for each in pod.topology_spread)
    return replace(pod, topology_spread=tuple(constraints))
