"""Components, findings and statuses for tests of drills."""

from __future__ import annotations

from vitessctl.status.catalogue import Finding, Severity
from vitessctl.status.report import ShardLine, Status
from vitessctl.targets.base import ComponentStatus

FIRST, SECOND, THIRD = (f"zone1-{uid:010d}" for uid in (100, 101, 102))


def a_component(
    component: str, subject: str = "", life: str = "1", node: str = "", *, running: bool = True
) -> ComponentStatus:
    """A thing that runs."""
    label = f"Program/{component}-{subject}".rstrip("-")
    state = "RUNNING" if running else "BACKOFF"
    return ComponentStatus(label, component, subject, state, running, node=node, life=life)


def everything(life: str = "1", nodes: tuple[str, ...] = ("",)) -> tuple[ComponentStatus, ...]:
    """A cluster of three tablets, as one machine has it; tablets are dealt out to the nodes."""
    servers = [a_component(name, life=life, node=nodes[0]) for name in ("vtctld",)]
    servers += [a_component("etcd", "etcd-0", life, nodes[0]), a_component("vtgate", "zone1", life, nodes[0])]
    for number, alias in enumerate((FIRST, SECOND, THIRD)):
        node = nodes[number % len(nodes)]
        servers += [a_component("mysqlctld", alias, life, node), a_component("vttablet", alias, life, node)]
    return tuple(servers)


def an_error(kind: str = "shard-without-primary", subject: str = "messages/0") -> Finding:
    """A finding that is an error."""
    return Finding(kind, Severity.ERROR, subject, "has no primary", "nobody leads", "vitessctl reparent messages/0")


def a_status(*findings: Finding, primary: str = FIRST) -> Status:
    """Of a cluster of one shard."""
    ready = all(finding.severity is Severity.WARNING for finding in findings)
    return Status("minimal", "local", ready, shards=(ShardLine("messages", "0", primary, ready),), findings=findings)
