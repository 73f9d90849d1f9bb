"""Whether a mended shard is served again: its tablets say so, and in each cell a vtgate that answers sees them.

A tablet has all rows and replicates some seconds before a vtgate has connected to it. A command that ended in between
was followed by a `status` that said "sees not all tablets that serve" (a run of the tutorial on a slow machine).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from vitessctl.model.cluster import Shard
from vitessctl.run.clock import Clock
from vitessctl.run.context import Context
from vitessctl.status import sources
from vitessctl.status.observed import SeenServer, SeenTablet

SERVE_SECONDS = 30.0
"""How long vtgates are waited for. What they do not see after that is another fault than the one that was mended, and
`status` says which."""
PAUSE = 0.2


def await_service(context: Context, shard: Shard, aliases: Iterable[str], clock: Clock) -> str:
    """Wait until the tablets serve and vtgates see them; gives what is still missing after SERVE_SECONDS, or ""."""
    wanted, limit = tuple(aliases), clock.now() + SERVE_SECONDS
    while missing := unserved(context, shard, wanted):
        if clock.now() >= limit or context.cancelled.is_set():
            break
        clock.pause(PAUSE, context.cancelled)
    return missing


def unserved(context: Context, shard: Shard, aliases: Iterable[str]) -> str:
    """The first thing that is missing, "" for nothing.

    `aliases` have to serve. Of the shard's other tablets those count that say so themselves, and vtgates that do not
    answer do not count: neither is what was mended.
    """
    seen = {
        tablet.alias: SeenTablet(sources.tablet_page(context, tablet)[0], None)
        for tablet in context.cluster.keyspace(shard.keyspace).shard(shard.name).tablets
    }
    return next(chain(_silent(seen, aliases), _unseen(context, shard, seen.values())), "")


def _silent(seen: dict[str, SeenTablet], aliases: Iterable[str]) -> Iterator[str]:
    for alias in aliases:
        if alias in seen and seen[alias].state != "SERVING":
            yield f"{alias} says {seen[alias].state or 'nothing'}"


def _unseen(context: Context, shard: Shard, tablets: Iterable[SeenTablet]) -> Iterator[str]:
    wanted = Counter(_word(context, tablet) for tablet in tablets if tablet.state == "SERVING" and tablet.type)
    for cell in context.cluster.cells:
        variables, _ = sources.vtgate_page(context, cell)
        connections = SeenServer(variables).connections
        for word, count in sorted(wanted.items()) if variables is not None else ():
            name = f"{shard.keyspace}.{shard.name}.{word}"
            if connections.get(name, 0) < count:
                yield f"vtgate {cell.name} sees {connections.get(name, 0)} of {count} {name}"


def _word(context: Context, tablet: SeenTablet) -> str:
    """A tablet's type as vtgates spell it in this release."""
    return context.release.primary_type if tablet.type == "primary" else tablet.type
