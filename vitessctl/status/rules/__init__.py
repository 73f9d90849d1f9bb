"""Every rule that finds something: pure, from what was seen."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.status.catalogue import Finding
from vitessctl.status.rules import processes, servers, shards, tablets, topology
from vitessctl.status.spelling import spelled
from vitessctl.status.view import View


def findings(view: View) -> Iterator[Finding]:
    """All that is wrong, or not known, with remedies in the release's own words."""
    return (spelled(each, view.release) for each in _found(view))


def _found(view: View) -> Iterator[Finding]:
    """Where nothing runs, nothing else is said."""
    yield from processes.findings(view)
    if view.nothing_runs:
        return
    yield from servers.findings(view)
    yield from topology.findings(view)
    for shard in view.shards():
        yield from shards.findings(view, shard)
        for tablet in shard.tablets:
            yield from tablets.findings(view, shard, tablet)
