"""What is not as the spec wants it and belongs to no single tablet, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.model.cluster import Cluster
from vitessctl.status.observed import Observed
from vitessctl.targets.base import Operation

_OTHERWISE = (Operation.UPDATE, Operation.RECREATE)


def findings_of(cluster: Cluster, observed: Observed) -> Iterator[str]:
    """Every finding; of the topology only one where it could not be read."""
    yield from _processes(observed)
    yield from _pending(observed)
    if observed.topology_error:
        yield f"the topology cannot be read: {observed.topology_error}"
        return
    yield from _cells(cluster, observed)
    yield from _keyspaces(cluster, observed)
    yield from _shards(cluster, observed)
    yield from _strangers(cluster, observed)
    yield from _vtgates(observed)


def _processes(observed: Observed) -> Iterator[str]:
    if not observed.components:
        yield "nothing of the cluster runs here"
    for component in observed.components:
        if not component.running:
            detail = f": {component.detail}" if component.detail else ""
            yield f"{component.label} does not run, it is {component.state}{detail}"


def _pending(observed: Observed) -> Iterator[str]:
    """What runs, but not as the spec says: nothing else shows a changed flag, and changed ports look like a failure."""
    for change in observed.pending:
        if change.operation in _OTHERWISE:
            yield f"{change.label} is not as the spec says; up changes it"
        elif change.operation is Operation.DELETE and change.subject not in observed.records:
            yield f"{change.label} is not in the spec; up --prune takes it away"


def _cells(cluster: Cluster, observed: Observed) -> Iterator[str]:
    for cell in cluster.cells:
        found = observed.cells.get(cell.name)
        if found is None:
            yield f"cell {cell.name} is not registered"
        elif found.root != cell.root:
            yield f"cell {cell.name} has root {found.root}, the spec says {cell.root}"


def _keyspaces(cluster: Cluster, observed: Observed) -> Iterator[str]:
    for keyspace in cluster.keyspaces:
        record = observed.keyspaces.get(keyspace.name)
        if record is None:
            yield f"keyspace {keyspace.name} does not exist"
        elif record.durability not in (None, keyspace.durability):
            durability = record.durability or "(none set)"
            yield f"keyspace {keyspace.name} has durability {durability}, the spec says {keyspace.durability}"


def _shards(cluster: Cluster, observed: Observed) -> Iterator[str]:
    for shard in cluster.shards():
        record = observed.shards.get((shard.keyspace, shard.name))
        if record is None and shard.keyspace in observed.keyspaces:
            yield f"shard {shard.path} does not exist"
        elif record is not None and not record.primary:
            yield f"shard {shard.path} has no primary"


def _strangers(cluster: Cluster, observed: Observed) -> Iterator[str]:
    wanted = {tablet.alias for tablet in cluster.tablets()}
    for alias in sorted(observed.records.keys() - wanted):
        yield f"tablet {alias} is in the topology but not in the spec"


def _vtgates(observed: Observed) -> Iterator[str]:
    for cell, variables in observed.vtgates.items():
        if variables is None:
            yield f"the vtgate of {cell} does not answer"
