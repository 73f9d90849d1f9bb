"""Whether the clocks agree: what is proven by the round trip, no more.

Two tablets that both say that they lead are told apart by when they became it, each by its own clock
(primary_term_start_time). Behind by more than lies between two reparents, the new one looks like the older.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from vitessctl.doctor.catalogue import finding
from vitessctl.doctor.examined import Case
from vitessctl.status.catalogue import Finding
from vitessctl.targets.ground import Reading

APART_SECONDS = 1.0
"""Machines whose clock is set differ by some milliseconds; etcd warns of its members from 1 s on."""
OWN_SECONDS = 10.0
"""Nothing of the cluster depends on this machine's; a certificate is made some minutes back, to be safe."""


def findings(case: Case) -> Iterator[Finding]:
    """Of each clock that is apart from the others; of this machine's where it is, too."""
    readings = case.examined.readings
    if not readings:
        return
    least, most = agreed(readings)
    own = max(least, -most)
    if own > OWN_SECONDS:
        yield finding("own-clock", "", seconds=f"{own:.0f}", direction="behind" if least > 0 else "ahead of")
    for reading in readings:
        apart = max(reading.least - most, least - reading.most)
        if apart > APART_SECONDS:
            direction = "behind" if reading.most < least else "ahead of"
            node = _node(case, reading.name)
            yield finding("clock-apart", reading.name, seconds=f"{apart:.1f}", direction=direction, node=node)


def agreed(readings: Sequence[Reading]) -> tuple[float, float]:
    """By how much most clocks are ahead of this machine's, at least and at most (Marzullo's algorithm, as in NTP).

    Where two groups are of one size, the one that is nearer to this machine's.
    """
    edges = sorted([(each.least, -1) for each in readings] + [(each.most, 1) for each in readings])
    spans: list[tuple[int, float, float]] = []
    inside = 0
    for (moment, edge), (after, _) in pairwise([*edges, edges[-1]]):
        inside -= edge
        spans.append((inside, moment, after))
    _, least, most = max(spans, key=lambda span: (span[0], -abs(span[1] + span[2])))
    return least, most


def _node(case: Case, name: str) -> str:
    """The node that a tablet's pod is on, in brackets."""
    nodes = [each.node for each in case.view.processes("vttablet", name) if each.node]
    return f", node {nodes[0]}" if nodes else ""
