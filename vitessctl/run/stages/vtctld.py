"""vtctld: an RPC answers. Its health page is no proof: it hangs while etcd does."""

from __future__ import annotations

from vitessctl.run.context import Context
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Verdict


def converge(context: Context) -> Verdict:
    """Ready when it lists the cells, which takes it to the topology server and back."""
    cells = context.vtctld.cells()
    return Verdict.done(f"answers, {len(cells)} cell{'s' if len(cells) != 1 else ''} registered")


STAGE = Stage("vtctld", ("etcd",), "vtctld", converge)
