"""Waiting for a stage: with its reason while it lasts, and with cause, evidence and remedy when it ends badly."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vitessctl.diagnose import Diagnosis
from vitessctl.errors import NotReadyError, UnreachableError, VitessctlError
from vitessctl.render.documents import Document
from vitessctl.run.clock import Clock
from vitessctl.run.context import Context
from vitessctl.run.last_words import known_cause, last_words, shown
from vitessctl.run.stage import Stage
from vitessctl.targets.base import State, Verdict

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 0.5
REMINDER_SECONDS = 10.0
_RESUME = "Mend the cause, then run the same command again: it goes on from here."

Say = Callable[[str, float, str], None]


class GateClosed(VitessctlError):
    """The wait was given up because something else failed; the other error is the one that matters."""


class Gate:
    """The end of one stage."""

    def __init__(self, context: Context, stage: Stage, documents: Sequence[Document], clock: Clock, say: Say) -> None:
        self._context = context
        self._stage = stage
        self._documents = documents
        self._clock = clock
        self._say = say
        self._opened = clock.now()
        self._last_said = ("", clock.now())

    def wait(self) -> str:
        """Converge until ready; gives the summary. Raises NotReadyError on timeout or when it can never come."""
        limit = self._context.cluster.timeouts.of(self._stage.name)
        pause = FIRST_PAUSE
        while True:
            verdict = self._verdict()
            if verdict.ready:
                return verdict.reason
            if verdict.state is State.DOOMED:
                raise self._error(f"{self._stage.name} cannot come up", verdict.reason, verdict)
            waited = self._clock.now() - self._opened
            if waited >= limit:
                why = f"it waits for {self._stage.purpose}: {verdict.reason}"
                raise self._error(f"{self._stage.name} was not ready within {limit:.0f} s", why, verdict)
            self._remind(waited, verdict)
            self._clock.pause(min(pause, limit - waited), self._context.cancelled)
            if self._context.cancelled.is_set():
                raise GateClosed(f"{self._stage.name} was not waited for any longer")
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def _verdict(self) -> Verdict:
        verdict = self._converged()
        if verdict.ready:
            settled = self._context.target.settled(self._documents)
            if settled.ready or self._new_one_answers():
                return verdict
            verdict = settled
        return self._explained(verdict)

    def _converged(self) -> Verdict:
        try:
            return self._stage.converge(self._context)
        except (UnreachableError, NotReadyError) as error:
            if isinstance(error, UnreachableError) and not error.passing:
                raise
            return Verdict.waiting(error.why or error.what)

    def _new_one_answers(self) -> bool:
        """Whether what was applied answers, which its controller learns up to two seconds later (Kubernetes).

        The answer that there is may be that of the old one, so it is asked for again.
        """
        stage = self._stage
        return stage.answers and self._context.target.replaced(self._documents) and self._converged().ready

    def _explained(self, verdict: Verdict) -> Verdict:
        """What the target knows of the documents says more than what the stage sees from outside."""
        late = None
        for document in self._documents:
            own = self._context.target.verdict(document)
            if own.state is State.DOOMED:
                return Verdict(State.DOOMED, f"{document.name}: {own.reason}", own.fix, own.evidence)
            if late is None and own.state is State.WAITING and own.fix:
                late = Verdict(State.WAITING, f"{document.name}: {own.reason}", own.fix, own.evidence)
        return late or verdict

    def _remind(self, waited: float, verdict: Verdict) -> None:
        """A new reason at once; one that lasts again after a while, with what the logs of those that run say of it."""
        said, when = self._last_said
        now = self._clock.now()
        lasts = now - when >= REMINDER_SECONDS
        if (verdict.reason != said and waited > 1.0) or lasts:
            self._last_said = (verdict.reason, now)
            known = self._heard(verdict.reason)[1] if lasts and not verdict.fix else None
            told = f"; {known.cause}" if known and known.doomed else ""
            self._say(self._stage.name, waited, f"{verdict.reason}{told}")

    def _error(self, what: str, why: str, verdict: Verdict) -> NotReadyError:
        lines, known = ((), None) if verdict.evidence else self._heard(why)
        known = None if verdict.fix else known
        return NotReadyError(
            what,
            where=self._context.cluster.name,
            why=f"{why}; {known.cause}" if known else why,
            fix=verdict.fix or (known.fix if known else _RESUME),
            evidence=verdict.evidence or lines,
        )

    def _heard(self, reason: str) -> tuple[tuple[str, ...], Diagnosis | None]:
        """The last lines of the logs, and what is known of them."""
        target = self._context.target
        try:
            words = last_words(target, self._documents, reason)
        except VitessctlError as error:
            return (f"the logs cannot be read: {error.what}",), None
        return shown(words), known_cause(words, self._context.cluster.release, in_pod=target.name == "kubernetes")
