"""etcd: healthy, with a quorum."""

from __future__ import annotations

from vitessctl.errors import UnreachableError
from vitessctl.run.context import Context
from vitessctl.run.reasons import together
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Address, Verdict


def converge(context: Context) -> Verdict:
    """Ready when a majority of the members says it is healthy; /health itself needs a quorum to say so."""
    known = context.target.topology_ready()
    if known is not None:
        return known
    there = members(context)
    unhealthy = {name: reason for name, place in there.items() if (reason := member_fault(context, name, place))}
    healthy = len(there) - len(unhealthy)
    summary = f"{healthy} of {len(there)} members healthy" if len(there) > 1 else "healthy"
    if healthy > len(there) // 2:
        return Verdict.done(summary)
    return Verdict.waiting(together(unhealthy))


def members(context: Context) -> dict[str, Address | None]:
    """By name, its address; None for a member of our own, whose address is the target's to know."""
    topology = context.cluster.topology
    if topology.managed:
        return dict.fromkeys(f"etcd-{index}" for index in range(topology.members))
    pairs = [address.rpartition(":") for address in topology.external]
    return {f"{host}:{port}": Address(host, int(port)) for host, _, port in pairs}


def member_fault(context: Context, name: str, address: Address | None) -> str:
    """Why a member is not healthy, "" if it is."""
    if address is None and context.target.known_ready("etcd", name):
        return ""
    try:
        answer = context.get(address or context.target.address("etcd", name, "metrics"), "/health")
    except UnreachableError as error:
        return error.why or error.what
    body = answer.json()
    if answer.ok and isinstance(body, dict) and body.get("health") == "true":
        return ""
    if isinstance(body, dict):
        return f"not healthy: {body.get('reason') or 'no quorum'}"
    return answer.text or f"HTTP status {answer.status}"


STAGE = Stage("etcd", (), "the topology server", converge)
