"""vtctld, vtgate, vtorc, etcd: whether they answer, and whether what they say is so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from vitessctl.status.catalogue import Finding, finding
from vitessctl.status.observed import SeenServer
from vitessctl.status.view import View, logs_of


def findings(view: View) -> Iterator[Finding]:
    """Of each server; a process that is not there is said elsewhere."""
    observed = view.observed
    if observed.topology_error:
        yield finding("topology-unreadable", "vtctld", why=observed.topology_error)
    for name, seen in observed.etcd.items():
        if seen.error and not view.gone("etcd", name):
            yield finding("etcd-member-unhealthy", name, why=seen.error)
    for cell, seen in observed.vtorcs.items():
        if seen.error and not view.gone("vtorc", cell):
            yield finding("vtorc-silent", f"vtorc/{cell}", why=seen.error, logs=logs_of("vtorc", cell))
    wanted = _serving(view)
    for cell, seen in observed.vtgates.items():
        if not view.gone("vtgate", cell):
            yield from _vtgate(seen, wanted, logs_of("vtgate", cell))


def _vtgate(seen: SeenServer, wanted: Counter[str], name: str) -> Iterator[Finding]:
    if seen.variables is None:
        yield finding("vtgate-silent", name, why=f": {seen.error}" if seen.error else "", logs=name)
        return
    connections = seen.connections
    missing = [
        f"{connections.get(kind, 0)} of {count} {kind}"
        for kind, count in sorted(wanted.items())
        if connections.get(kind, 0) < count
    ]
    if missing:
        yield finding("vtgate-blind", name, missing=", ".join(missing), logs=name)
    if seen.query_error:
        yield finding("vtgate-no-query", name, why=seen.query_error, logs=name)


def _serving(view: View) -> Counter[str]:
    """What says of itself that it serves, by vtgate's names, `keyspace.shard.type`, in the release's own words."""
    counts: Counter[str] = Counter()
    for tablet in view.cluster.tablets():
        seen = view.observed.tablets.get(tablet.alias)
        if seen is not None and seen.state == "SERVING" and seen.type:
            kind = view.release.primary_type if seen.type == "primary" else seen.type
            counts[f"{tablet.keyspace}.{tablet.shard}.{kind}"] += 1
    return counts
