"""Who is hit by a drill, and whether it may be done at all. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vitessctl.drills.catalogue import Drill, Whom
from vitessctl.errors import UsageError, VitessctlError
from vitessctl.model.cluster import Cluster, Shard
from vitessctl.status.catalogue import Severity
from vitessctl.status.report import Status
from vitessctl.targets.base import ComponentStatus


class DrillsNotAllowed(UsageError):
    """Nobody has said in the spec that servers of this cluster may be killed."""

    def __init__(self, cluster: str) -> None:
        super().__init__(
            "drills are not allowed on this cluster; nothing was done",
            where=cluster,
            why="a drill kills servers for real, and clients may see errors",
            fix="if this cluster may be hurt, write `drills: allowed` into its cluster.yaml",
        )


class NotHealthy(VitessctlError):
    """The cluster is ill already."""

    def __init__(self, status: Status) -> None:
        super().__init__(
            "the cluster is not healthy; nothing was done",
            where=status.cluster,
            why=f"it is {status.health}, so what a drill brings about could not be told from what was there before",
            evidence=[finding.text for finding in status.findings if finding.severity is not Severity.WARNING],
            fix="mend it (vitessctl status names the remedies), or add --anyway",
        )


class NobodyToHit(VitessctlError):
    """There is nothing that this drill could kill."""

    def __init__(self, drill: Drill, why: str, fix: str = "") -> None:
        super().__init__(f"{drill.name.value} has nothing to kill; nothing was done", why=why, fix=fix)


def refuse(cluster: Cluster, drill: Drill, target: str) -> None:
    """Raise UsageError where the drill must not be done on this cluster, or cannot on this target."""
    if not cluster.drills:
        raise DrillsNotAllowed(cluster.name)
    if drill.whom is Whom.NODE and target != "kubernetes":
        raise UsageError(
            f"{drill.name.value} is for Kubernetes",
            where=cluster.name,
            why="everything of a cluster on one machine is on that machine: there is nowhere else for it to go",
            fix="restart-all stops and starts everything that runs here",
        )


def victims(
    drill: Drill, components: Sequence[ComponentStatus], shard: Shard, primary: str, node: str = ""
) -> tuple[ComponentStatus, ...]:
    """The components that are killed. `primary`: the alias of the shard's. Raises NobodyToHit."""
    fitting = [
        each for each in components if each.running and each.component in (drill.components or (each.component,))
    ]
    found = tuple(_chosen(drill, fitting, shard, primary, node or node_of(components, primary)))
    if not found:
        raise NobodyToHit(drill, *_why_nobody(drill, shard, node))
    return found


def _chosen(
    drill: Drill, fitting: Sequence[ComponentStatus], shard: Shard, primary: str, node: str
) -> Iterator[ComponentStatus]:
    if drill.whom is Whom.PRIMARY:
        return (each for each in fitting if primary and each.subject == primary)
    if drill.whom is Whom.REPLICA:
        alias = _replica(fitting, shard, primary)
        return (each for each in fitting if alias and each.subject == alias)
    if drill.whom is Whom.NODE:
        return (each for each in fitting if node and each.node == node)
    return iter(fitting[:1] if drill.whom is Whom.ONE else fitting)


def _replica(fitting: Sequence[ComponentStatus], shard: Shard, primary: str) -> str:
    """The first tablet of type replica that runs and does not lead."""
    running = {each.subject for each in fitting}
    aliases = (tablet.alias for tablet in shard.tablets if tablet.type == "replica")
    return next((alias for alias in aliases if alias != primary and alias in running), "")


def node_of(components: Sequence[ComponentStatus], primary: str) -> str:
    """The node that the primary is on, "" where there is none."""
    return next((each.node for each in components if each.component == "vttablet" and each.subject == primary), "")


def _why_nobody(drill: Drill, shard: Shard, node: str) -> tuple[str, str]:
    if drill.whom is Whom.PRIMARY:
        return f"{shard.path} has no primary that runs", "see vitessctl status"
    if drill.whom is Whom.REPLICA:
        return f"{shard.path} has no other tablet of type replica that runs", "add a replica to its pool"
    if drill.whom is Whom.NODE:
        return f"no pod of this cluster runs on node {node}", "vitessctl status -v names the node of each pod"
    return (
        f"no {' or '.join(drill.components) or 'server'} of this cluster runs here",
        "it is somebody else's to restart",
    )
