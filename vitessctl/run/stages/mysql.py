"""MySQL of every tablet: initialised and up, which its mysqlctld shows by answering on its socket."""

from __future__ import annotations

from vitessctl.run.context import Context
from vitessctl.run.stage import Stage
from vitessctl.targets.base import State, Verdict


def converge(context: Context) -> Verdict:
    """Ready when every socket answers. The file alone says nothing: it stays behind after any kind of stop."""
    tablets = tuple(context.cluster.tablets())
    waiting = []
    for tablet in tablets:
        verdict = context.target.socket_ready(tablet)
        if verdict.state is State.DOOMED:
            return verdict
        if not verdict.ready:
            waiting.append(f"{tablet.alias}: {verdict.reason}")
    if waiting:
        return Verdict.waiting("; ".join(waiting))
    return Verdict.done(f"{len(tablets)} up")


def applies(context: Context) -> bool:
    """Only where MySQL is a document of its own; on Kubernetes it is part of the tablet's pod."""
    return bool(context.of_stage("mysql"))


STAGE = Stage("mysql", (), "MySQL to be initialised", converge, applies)
