"""Looking ahead: a plan of what `up` would do, from one look at the target and one at the topology. Writes nothing."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from queue import Empty, SimpleQueue

from vitessctl.errors import VitessctlError
from vitessctl.plan.plan import Plan, PlannedStage, Step
from vitessctl.releases import preview
from vitessctl.render.documents import Document
from vitessctl.run.context import Context
from vitessctl.run.nothing_there import NothingThere
from vitessctl.run.stage import LeftUndone, Stage
from vitessctl.run.stages import STAGES
from vitessctl.targets.base import Change, Operation
from vitessctl.vtctld.interface import Vtctld

DEADLINE_SECONDS = 5.0
"""How long the look at the topology may take in all."""
_UNREAD = "so the topology was not read: the actions (*) are those of a cluster that has nothing yet"

Actions = Mapping[str, Sequence[str]]
Seen = tuple[Actions, Sequence[str]]
"""The actions by stage, and what has to be said besides."""


def make_plan(context: Context, stages: Sequence[Stage] = STAGES, deadline: float = DEADLINE_SECONDS) -> Plan:
    """What `up` would do now. Raises what the target raises if it cannot be looked at."""
    changes = context.target.observe(context.documents)
    surplus = [change for change in changes if change.operation is Operation.DELETE]
    if not context.prune:
        changes = [change for change in changes if change.operation is not Operation.DELETE]
    actions, notes = _actions(context, changes, stages, deadline)
    documents = {document.label: document for document in context.documents}
    return Plan(
        cluster=context.cluster.name,
        target=context.target.name,
        stages=tuple(_planned(stage.name, changes, documents, actions.get(stage.name, ())) for stage in stages),
        left=() if context.prune else tuple(change.label for change in surplus),
        notes=(*preview.notes(context.cluster.releases), *notes),
        has_tablets=any(context.cluster.tablets()),
    )


def _planned(
    stage: str, changes: Sequence[Change], documents: Mapping[str, Document], actions: Sequence[str]
) -> PlannedStage:
    own = [change for change in changes if _stage_of(change) == stage]
    return PlannedStage(stage, tuple(_step(change, documents.get(change.label)) for change in own), tuple(actions))


def _stage_of(change: Change) -> str:
    """What is taken away goes at the end, whatever stage once made it."""
    return "prune" if change.operation is Operation.DELETE else change.stage


def _step(change: Change, document: Document | None) -> Step:
    if document is None or not change.is_change:
        return Step(change)
    if not document.secret:
        return Step(change, hashlib.sha256(document.text.encode()).hexdigest())
    if document.kind != "Secret":
        change = replace(change, fields=tuple(replace(field, secret=True) for field in change.fields))
    return Step(change)


def _actions(context: Context, changes: Sequence[Change], stages: Sequence[Stage], deadline: float) -> Seen:
    wanted = [stage for stage in stages if stage.applies(context)]
    if any(change.component == "vtctld" and change.operation is Operation.CREATE for change in changes):
        note = f"vtctld does not run, {_UNREAD}" if context.target.kept() else ""
        return _seen(_with(context, NothingThere), wanted, note)
    try:
        return _within(deadline, lambda: _seen(context, wanted))
    except VitessctlError as error:
        why = error.why or error.what
    return _seen(_with(context, NothingThere), wanted, f"vtctld does not answer ({why}), {_UNREAD}")


def _seen(context: Context, stages: Sequence[Stage], note: str = "") -> Seen:
    found = {stage.name: tuple(stage.foresee(context)) for stage in stages}
    left = [each.why for said in found.values() for each in said if isinstance(each, LeftUndone)]
    actions = {name: tuple(each for each in said if isinstance(each, str)) for name, said in found.items()}
    return actions, [*([note] if note else []), *left]


def _with(context: Context, connect: Callable[[], Vtctld]) -> Context:
    """The same run with another topology; `vtctld` is remembered by the context, so it is a new one."""
    return replace(context, connect=connect)


def _within(seconds: float, look: Callable[[], Seen]) -> Seen:
    """Give up after a while; what is still asked then ends by its own deadline and is not waited for."""
    answers: SimpleQueue[Seen | BaseException] = SimpleQueue()

    def work() -> None:
        try:
            answers.put(look())
        except BaseException as error:
            answers.put(error)

    threading.Thread(target=work, name="foresee", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise VitessctlError(f"vtctld did not answer within {seconds:.0f} s") from None
    if isinstance(answer, BaseException):
        raise answer
    return answer
