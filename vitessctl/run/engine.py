"""Runs the stages: each as soon as what it needs is there, and all of them explained while they wait."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace

from vitessctl.errors import Interrupted, VitessctlError
from vitessctl.run import events, left_out
from vitessctl.run.clock import Clock, SystemClock
from vitessctl.run.context import Context
from vitessctl.run.gate import Gate, GateClosed
from vitessctl.run.schedule import Schedule
from vitessctl.run.stage import Stage
from vitessctl.targets.base import Change, Operation


@dataclass
class Recap:
    """Counts by component, as Ansible counts by host."""

    counts: dict[str, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: {"ok": 0, "changed": 0, "failed": 0, "skipped": 0})
    )

    def add(self, name: str, column: str) -> None:
        """Count one."""
        self.counts[name][column] += 1

    @property
    def changed(self) -> int:
        """How many things were changed in all."""
        return sum(row["changed"] for row in self.counts.values())


class Engine:
    """One run over a graph of stages."""

    def __init__(
        self, context: Context, stages: Sequence[Stage], listener: events.Listener, clock: Clock | None = None
    ) -> None:
        self._context = context
        self._stages = stages
        self._listener = listener
        self._clock = clock or SystemClock()
        self._started = self._clock.now()
        self._emit_lock = threading.Lock()
        self._early: set[str] = set()
        """What was applied before its stage, which counts once."""
        self._tried: set[str] = set()
        """What was to be, and what came of it is not known: if it is there after all, this run has made it."""
        self._preparing: dict[str, Future[None]] = {}
        """That application, by stage, which the stage's own waits for: two at once would make the same objects."""
        self.recap = Recap()
        context.acted, context.now = self._acted, self._clock.now

    def run(self) -> Recap:
        """Run every stage. Raises the error of the first stage that failed; the others are stopped and skipped.

        Raises NotReadyError in the end where a tablet had to be left out.
        """
        schedule = Schedule(self._stages, self._context.target.starts_slowly)
        failure: VitessctlError | None = None
        running: dict[Future[None], tuple[Stage, bool]] = {}
        with ThreadPoolExecutor(max_workers=2 * len(self._stages), thread_name_prefix="stage") as pool:
            try:
                while failure is None or running:
                    if failure is None:
                        for stage in schedule.take_early():
                            self._preparing[stage.name] = pool.submit(self._apply_new, stage)
                            running[self._preparing[stage.name]] = (stage, False)
                        running |= {
                            pool.submit(self._run_stage, stage): (stage, True) for stage in schedule.take_ready()
                        }
                    if not running:
                        break
                    finished, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in finished:
                        stage, whole = running.pop(future)
                        error = self._outcome(stage, future)
                        if error is not None:
                            failure = failure or error
                            self._context.cancelled.set()
                        elif whole:
                            schedule.finish(stage)
            except KeyboardInterrupt:
                self._context.cancelled.set()
                raise Interrupted(
                    "interrupted", fix="What runs keeps running. The same command goes on from here."
                ) from None
        failure = self._with_left_out(failure)
        for stage in schedule.waiting:
            if stage.applies(self._context):
                self._skip(stage, "an earlier stage failed")
        self._emit(
            events.RunEnded(self._seconds(), failure is None, {k: dict(v) for k, v in self.recap.counts.items()})
        )
        if failure is not None:
            raise failure
        return self.recap

    def _with_left_out(self, failure: VitessctlError | None) -> VitessctlError | None:
        """How the run ends, with what had to be left out; where something else failed, that is said before."""
        lost = left_out.error(self._context)
        if lost is None:
            return failure
        self.recap.add("mysqlctld", "failed")
        if failure is not None:
            self._emit(events.Notice(self._seconds(), f"{lost.why}. {lost.fix}"))
        return failure or lost

    def _apply_new(self, stage: Stage) -> None:
        """Apply what is not there at all yet; what is there waits for its stage.

        So does an error: the stage meets it again, and tells it as its own.
        """
        kinds = stage.early_kinds
        documents = [each for each in self._context.of_stage(stage.name) if not kinds or each.kind in kinds]
        target = self._context.target
        with suppress(VitessctlError):
            new = {each.label for each in target.observe(documents) if each.operation is Operation.CREATE}
            self._tried |= new
            for change in target.apply([document for document in documents if document.label in new]):
                self._tried.discard(change.label)
                self._early.add(change.label)
                self._applied(change)

    def _run_stage(self, stage: Stage) -> None:
        if not stage.applies(self._context):
            return
        begun = self._seconds()
        self._emit(events.StageStarted(begun, stage.name))
        try:
            if stage.name in self._preparing:
                wait([self._preparing[stage.name]])
                if self._context.cancelled.is_set():
                    raise GateClosed(f"{stage.name} was not begun")
            documents = self._context.of_stage(stage.name)
            for change in self._context.target.apply(documents) if documents else ():
                if change.is_change or change.label not in self._early:
                    made = change.label in self._tried and change.operation is Operation.KEEP
                    self._applied(replace(change, operation=Operation.CREATE) if made else change)
            watched = [each for name in stage.watches for each in self._context.of_stage(name)]
            gate = Gate(self._context, stage, (*documents, *watched), self._clock, self._say_waiting)
            summary = gate.wait()
        except GateClosed:
            raise
        except VitessctlError as error:
            self._emit(events.StageFailed(self._seconds(), stage.name, self._seconds() - begun, str(error)))
            raise
        self._emit(events.StageReady(self._seconds(), stage.name, self._seconds() - begun, summary))

    def _outcome(self, stage: Stage, future: Future[None]) -> VitessctlError | None:
        error = future.exception()
        if error is None:
            return None
        if isinstance(error, GateClosed):
            self._skip(stage, "stopped waiting, because another stage failed")
            return error
        self.recap.add(stage.name, "failed")
        if isinstance(error, VitessctlError):
            return error
        self._context.cancelled.set()
        raise error

    def _skip(self, stage: Stage, reason: str) -> None:
        self.recap.add(stage.name, "skipped")
        self._emit(events.StageSkipped(self._seconds(), stage.name, reason))

    def _applied(self, change: Change) -> None:
        self.recap.add(change.component, "changed" if change.is_change else "ok")
        self._emit(events.DocumentApplied(self._seconds(), change))

    def _acted(self, stage: str, action: str, changed: bool) -> None:
        self.recap.add("topology", "changed" if changed else "ok")
        self._emit(events.ActionTaken(self._seconds(), stage, action, changed))

    def _say_waiting(self, stage: str, waited: float, reason: str) -> None:
        self._emit(events.Waiting(self._seconds(), stage, waited, reason))

    def _seconds(self) -> float:
        return self._clock.now() - self._started

    def _emit(self, event: events.Event) -> None:
        with self._emit_lock:
            self._listener(event)
