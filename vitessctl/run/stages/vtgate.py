"""vtgate: it sees every tablet serving, and a query answers.

Its own health page says ok with no tablet at all, so the connections of its health checks are counted. It
starts after the primary: with a keyspace but no healthy tablet it opens no port until there is one, for half a minute
at most. A new pod is made earlier all the same, as scheduling, images and start take longer than an election.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from vitessctl.model.cluster import Cell, Shard, Tablet
from vitessctl.run.context import Context
from vitessctl.run.query import question_for
from vitessctl.run.reasons import together
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Verdict


def converge(context: Context) -> Verdict:
    """Ready when the vtgate of every cell is."""
    wanted = _wanted(context)
    faults = {cell.name: fault for cell in context.cluster.cells if (fault := _fault(context, cell, wanted))}
    if faults:
        return Verdict.waiting(together(faults))
    return Verdict.done(f"sees {sum(wanted.values())} tablets, a query answers")


def _wanted(context: Context) -> Counter[str]:
    counts: Counter[str] = Counter()
    for shard in context.cluster.shards():
        counts += _wanted_of(shard, context.present(shard), context.release.primary_type)
    return counts


def _wanted_of(shard: Shard, tablets: Iterable[Tablet], primary_type: str) -> Counter[str]:
    """One replica is the primary; vtgate's names are `keyspace.shard.type`, in the release's own word."""
    types = Counter(tablet.type for tablet in tablets)
    types["replica"] -= 1
    types[primary_type] += 1
    return Counter({f"{shard.keyspace}.{shard.name}.{name}": count for name, count in types.items() if count})


def _fault(context: Context, cell: Cell, wanted: Mapping[str, int]) -> str:
    answer = context.get(context.target.address("vtgate", cell.name, "http"), "/debug/vars")
    variables = answer.json()
    if not answer.ok or not isinstance(variables, dict):
        return answer.text if not answer.status else f"HTTP status {answer.status}"
    seen = variables.get("HealthcheckConnections") or {}
    missing = [
        f"{name} ({seen.get(name, 0)} of {count})" for name, count in wanted.items() if seen.get(name, 0) < count
    ]
    if missing:
        return f"does not see all tablets yet: {', '.join(missing)}"
    users = context.target.users()
    if users is None:
        return ""  # Only its users know their passwords: what vtgate sees has to do.
    question = question_for(context.cluster, context.release)
    return context.ping(context.target.address("vtgate", cell.name, "mysql"), users, question)


STAGE = Stage("vtgate", ("primary", "rollout"), "vtgate to serve", converge, early=("keyspaces",))
