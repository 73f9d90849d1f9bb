"""MySQL of every tablet: initialised and up, which its mysqlctld shows by answering on its socket."""

from __future__ import annotations

from vitessctl.run.context import Context
from vitessctl.run.reasons import together
from vitessctl.run.stage import Stage
from vitessctl.targets.base import State, Verdict


def converge(context: Context) -> Verdict:
    """Ready when every socket answers. The file alone says nothing: it stays behind after any kind of stop.

    A tablet that is held is not waited for here: the next stage gives its role to another.
    """
    verdicts = {tablet.alias: context.target.socket_ready(tablet) for tablet in context.cluster.tablets()}
    doomed = [verdict for verdict in verdicts.values() if verdict.state is State.DOOMED]
    if doomed:
        return doomed[0]
    waiting = {alias: verdict.reason for alias, verdict in verdicts.items() if verdict.state is State.WAITING}
    if waiting:
        return Verdict.waiting(together(waiting))
    held = sum(verdict.state is State.HELD for verdict in verdicts.values())
    return Verdict.done(f"{len(verdicts) - held} up" + (f", {held} held back" if held else ""))


def applies(context: Context) -> bool:
    """Only where a document of this stage starts it: a program, or on Kubernetes the whole tablet."""
    return bool(context.of_stage("mysql"))


STAGE = Stage("mysql", (), "MySQL to be initialised", converge, applies)
