"""From what was seen to what it means. Pure: no network, no clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from vitessctl.model.cluster import Cluster
from vitessctl.status import seen_data
from vitessctl.status.catalogue import Finding, Severity, worst_first
from vitessctl.status.observed import Observed
from vitessctl.status.report import ComponentLine, Endpoint, ShardLine, Status, TabletLine
from vitessctl.status.rules import findings as found_by_rules
from vitessctl.status.rules.tablets import errant_of
from vitessctl.status.view import MAX_LAG, ShardView, TabletView, View

AddressOf = Callable[[str, str, str], str]
"""host:port of a component, its subject, and the name of the port."""
BySubject = Mapping[str, Sequence[Finding]]
SERVING, NOT_SERVING, UNKNOWN = "serving", "not serving", "unknown"


def judge(cluster: Cluster, target: str, observed: Observed, address_of: AddressOf, max_lag: float = MAX_LAG) -> Status:
    """The status of a cluster. `ready`: everything runs, serves, replicates and is complete, and that is proven."""
    view = View(cluster, observed, target, max_lag)
    findings = worst_first(list(found_by_rules(view)))
    by_subject: dict[str, list[Finding]] = defaultdict(list)
    for each in findings:
        by_subject[each.subject].append(each)
    shards = list(view.shards())
    components = tuple(
        ComponentLine(c.label, c.component, c.state, c.running, c.pid, c.restarts) for c in observed.components
    )
    return Status(
        cluster=cluster.name,
        target=target,
        ready=all(each.severity is Severity.WARNING for each in findings),
        seconds=round(observed.seconds, 3),
        vtgate=tuple(_vtgate(cell.name, address_of) for cell in cluster.cells),
        vtctld=(Endpoint(grpc=address_of("vtctld", "", "grpc"), http=address_of("vtctld", "", "http")),),
        components=components,
        shards=tuple(_shard_line(view, shard, by_subject) for shard in shards),
        tablets=tuple(_tablet_line(view, shard, tablet, by_subject) for shard in shards for tablet in shard.tablets),
        findings=findings,
        observed=seen_data.of(observed),
    )


def _vtgate(cell: str, address_of: AddressOf) -> Endpoint:
    ports = {port: address_of("vtgate", cell, port) for port in ("grpc", "http", "mysql")}
    return Endpoint(cell=cell, **ports)


def _tablet_line(view: View, shard: ShardView, tablet: TabletView, findings: BySubject) -> TabletLine:
    record, seen = tablet.record, tablet.seen
    lacks, errant = _difference(shard, tablet)
    return TabletLine(
        alias=tablet.alias,
        keyspace=shard.shard.keyspace,
        shard=shard.shard.name,
        type=record.type if record else "",
        serving=seen.state == "SERVING",
        hostname=record.hostname if record else "",
        lag_seconds=0.0 if tablet.alias == shard.primary and tablet.status else tablet.lag,
        differs=tuple(each.sentence for each in findings.get(tablet.alias, ())),
        state=_tablet_state(view, tablet),
        lacks=lacks,
        errant=errant,
        address=f"{record.hostname}:{record.ports['grpc']}" if record and record.ports.get("grpc") else "",
        mysql=f"{record.mysql_hostname}:{record.mysql_port}" if record and record.mysql_hostname else "",
    )


def _tablet_state(view: View, tablet: TabletView) -> str:
    """By its own word. One that says nothing does not serve only if it is known to be gone."""
    if tablet.seen.state == "SERVING":
        return SERVING
    known = tablet.seen.state or view.nothing_runs or view.gone("vttablet", tablet.alias)
    return NOT_SERVING if known else UNKNOWN


def _difference(shard: ShardView, tablet: TabletView) -> tuple[int | None, int | None]:
    """How many transactions it lacks, and how many only it has."""
    leader = shard.leader
    if leader is None or leader.status is None or leader.position is None or tablet.position is None:
        return None, None
    errant = errant_of(tablet.position, leader.position, leader.status.server_uuid)
    return leader.position.minus(tablet.position).count(), errant.count()


def _shard_line(view: View, shard: ShardView, findings: BySubject) -> ShardLine:
    state = _state(view, shard, [*findings.get(shard.shard.path, ()), *findings.get(shard.primary, ())])
    claims = tuple(tablet.alias for tablet in shard.tablets if tablet.seen.type == "primary")
    return ShardLine(shard.shard.keyspace, shard.shard.name, shard.primary, state == SERVING, state, claims)


def _state(view: View, shard: ShardView, findings: Sequence[Finding]) -> str:
    if view.nothing_runs or any(each.severity is Severity.ERROR for each in findings):
        return NOT_SERVING
    unread = not view.topology_known or shard.shard.keyspace in view.observed.shards_errors
    if unread or any(each.severity is Severity.UNKNOWN for each in findings):
        return UNKNOWN
    return SERVING if shard.primary and shard.leader is not None else NOT_SERVING
