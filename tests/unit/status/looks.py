"""Looking at a world as `vitessctl status` does."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.support.world import World, a_cluster, context_of
from vitessctl.model.cluster import Cluster
from vitessctl.run.context import Context
from vitessctl.status.judge import judge
from vitessctl.status.observe import observe
from vitessctl.status.observed import Observed
from vitessctl.status.report import Status


def look(world: World, cluster: Cluster | None = None) -> Status:
    """Observe and judge."""
    cluster = cluster or a_cluster()
    context = context_of(world, cluster)
    return judged(context, observe(context))


def judged(context: Context, observed: Observed) -> Status:
    """Judge what was observed."""
    return judge(context.cluster, context.target.name, observed, lambda *place: str(context.target.address(*place)))


def found(status: Status) -> dict[str, list[str]]:
    """Findings by id, each with its subject."""
    by_id: dict[str, list[str]] = defaultdict(list)
    for each in status.findings:
        by_id[each.id].append(each.text)
    return dict(by_id)


def differences(status: Status) -> dict[str, list[str]]:
    """By tablet, how it differs; only those that do."""
    return {tablet.alias: list(tablet.differs) for tablet in status.tablets if tablet.differs}


def exact_findings(case: dict[str, Any]) -> dict[str, Any]:
    """What a case expects, filled up with what health looks like."""
    return {
        "found": case.get("found", {}),
        "not serving": case.get("not serving", []),
        "primary": case.get("primary", "zone1-0000000100"),
        "shard": case.get("shard", "serving"),
        "ready": case.get("ready", False),
    }


def summary(status: Status) -> dict[str, Any]:
    """The same, of a status."""
    return {
        "found": found(status),
        "not serving": [tablet.alias for tablet in status.tablets if not tablet.serving],
        "primary": status.shards[0].primary,
        "shard": status.shards[0].state,
        "ready": status.ready,
    }
