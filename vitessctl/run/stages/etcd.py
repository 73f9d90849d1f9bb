"""etcd: healthy, with a quorum."""

from __future__ import annotations

from vitessctl.run.context import Context
from vitessctl.run.reasons import together
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Address, Verdict


def converge(context: Context) -> Verdict:
    """Ready when a majority of the members says it is healthy; /health itself needs a quorum to say so."""
    members = _members(context)
    unhealthy = {name: reason for name, address in members.items() if (reason := _fault(context, address))}
    healthy = len(members) - len(unhealthy)
    summary = f"{healthy} of {len(members)} members healthy" if len(members) > 1 else "healthy"
    if healthy > len(members) // 2:
        return Verdict.done(summary)
    return Verdict.waiting(together(unhealthy))


def _members(context: Context) -> dict[str, Address]:
    topology = context.cluster.topology
    if topology.managed:
        names = [f"etcd-{index}" for index in range(topology.members)]
        return {name: context.target.address("etcd", name, "metrics") for name in names}
    pairs = [address.rpartition(":") for address in topology.external]
    return {f"{host}:{port}": Address(host, int(port)) for host, _, port in pairs}


def _fault(context: Context, address: Address) -> str:
    answer = context.get(address, "/health")
    body = answer.json()
    if answer.ok and isinstance(body, dict) and body.get("health") == "true":
        return ""
    if isinstance(body, dict):
        return f"not healthy: {body.get('reason') or 'no quorum'}"
    return answer.text or f"HTTP status {answer.status}"


STAGE = Stage("etcd", (), "the topology server", converge)
