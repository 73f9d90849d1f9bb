"""vtctld: an RPC answers. Its health page is no proof: it hangs while etcd does.

Its Service is there from the start: tablets look for that name as soon as they run, and a DNS server remembers for
seconds that there was none (CoreDNS: 5 s, measured as a tablet that came 5 s late).
"""

from __future__ import annotations

from vitessctl.run.context import Context
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Verdict


def converge(context: Context) -> Verdict:
    """Ready when it lists the cells, which takes it to the topology server and back."""
    cells = context.vtctld.cells()
    return Verdict.done(f"answers, {len(cells)} cell{'s' if len(cells) != 1 else ''} registered")


STAGE = Stage("vtctld", ("etcd",), "vtctld", converge, early=(), early_kinds=("Service",), answers=True)
