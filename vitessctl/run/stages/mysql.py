"""MySQL of every tablet: initialised and up, which its mysqlctld shows by answering on its socket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from vitessctl.errors import UnreachableError
from vitessctl.model.cluster import Tablet
from vitessctl.run.context import Context
from vitessctl.run.reasons import together
from vitessctl.run.stage import Stage
from vitessctl.targets.base import State, Verdict
from vitessctl.vtctld.errors import VtctldError

_FEW = 50
"""Up to so many tablets their records are read at each look."""


def converge(context: Context) -> Verdict:
    """Ready when every socket answers. The file alone says nothing: it stays behind after any kind of stop.

    A tablet that is held is not waited for here: the next stage gives its role to another.
    """
    verdicts = {
        tablet.alias: _restarted(context, tablet, context.target.socket_ready(tablet))
        for tablet in context.cluster.tablets()
    }
    if hopeless := _hopeless(context, verdicts):
        return hopeless
    waiting = {alias: verdict for alias, verdict in verdicts.items() if verdict.state is State.WAITING}
    if any(verdict.first for verdict in waiting.values()):
        started = _recorded_meanwhile(context)
        up = {alias for alias, verdict in waiting.items() if verdict.first and alias in started}
        verdicts |= dict.fromkeys(up, Verdict.done())
        waiting = {alias: verdict for alias, verdict in waiting.items() if alias not in up}
    if waiting:
        return _waiting(waiting)
    counts = Counter(verdict.state for verdict in verdicts.values())
    held = f", {counts[State.HELD]} held back" if counts[State.HELD] else ""
    context.left_out.update({alias: each for alias, each in verdicts.items() if each.state is State.DOOMED})
    left = f", {', '.join(context.left_out)} cannot come up" if context.left_out else ""
    return Verdict.done(f"{counts[State.READY]} up{held}{left}")


def _recorded_meanwhile(context: Context) -> frozenset[str]:
    """Tablets whose record appeared while this was waited for: a vttablet starts, and writes it, when its MySQL is up.

    The kubelet says so up to two seconds later. That is nothing for a cluster so large that this reads many records
    each time; and vtctld is asked only where it is known to answer.
    """
    if sum(1 for _ in context.cluster.tablets()) > _FEW or not context.target.known_ready("vtctld", ""):
        return frozenset()
    with suppress(VtctldError, UnreachableError):
        recorded = frozenset(record.alias for record in context.vtctld.tablets())
        before = context.notes.setdefault("tablets recorded when MySQL was waited for first", " ".join(recorded))
        return recorded.difference(before.split())
    return frozenset()


def _hopeless(context: Context, verdicts: Mapping[str, Verdict]) -> Verdict | None:
    """That of a shard in which no MySQL can come up, or of one for which waiting is all that there is.

    One whose own files or disk keep it from starting is left out: its shard can serve without it.
    """
    for shard in context.cluster.shards():
        doomed = [tablet for tablet in shard.tablets if verdicts[tablet.alias].state is State.DOOMED]
        for tablet in doomed:
            verdict = verdicts[tablet.alias]
            if len(doomed) == len(shard.tablets) or not verdict.given_up:
                return replace(verdict, reason=f"{tablet.alias}: {verdict.reason}")
    return None


def _waiting(verdicts: Mapping[str, Verdict]) -> Verdict:
    """With the remedy and the evidence of the first that has some."""
    told = next((verdict for verdict in verdicts.values() if verdict.fix), Verdict.waiting(""))
    reason = together({alias: verdict.reason for alias, verdict in verdicts.items()})
    return replace(told, reason=reason)


def _restarted(context: Context, tablet: Tablet, verdict: Verdict) -> Verdict:
    """Started again once, where it has given up: the cause may be gone, and it would not look for minutes."""
    if not verdict.given_up:
        return verdict
    note = f"the mysqlctld of {tablet.alias} that was killed"
    if note not in context.notes:
        context.notes[note] = verdict.given_up
        if context.target.start_mysql_again(tablet, context.cancelled):
            context.acted("mysql", f"restarted mysqlctld of {tablet.alias}: {verdict.reason}", True)
    return verdict if context.notes[note] != verdict.given_up else Verdict.waiting("it is started again")


def applies(context: Context) -> bool:
    """Only where a document of this stage starts it: a program, or on Kubernetes the whole tablet."""
    return bool(context.of_stage("mysql"))


STAGE = Stage("mysql", (), "MySQL to be initialised", converge, applies)
