"""Which requests are sent again, and when: a pure decision from what came back."""

from __future__ import annotations

from dataclasses import dataclass

from vitessctl.run.http import date_of
from vitessctl.targets.kubernetes.refusals import Status, status_of
from vitessctl.targets.kubernetes.transport import Answer, Cut


@dataclass(frozen=True)
class Patience:
    """How long it is worth asking. Times are in seconds."""

    total: float = 30.0
    """For one call with all its attempts."""
    request: float = 15.0
    """For one attempt."""
    attempts: int = 8
    first_pause: float = 0.25
    longest_pause: float = 5.0

    def pause(self, attempt: int) -> float:
        """Before the attempt after this one, counted from 1: doubles each time."""
        return min(self.longest_pause, self.first_pause * 2.0 ** (attempt - 1))


_BUSY = frozenset({429, 503})
"""The server did not do it."""
_UNSURE = frozenset({502, 504})
"""A proxy gave up, or the server did: it may be done yet."""
_PASSING = (
    "etcdserver: leader changed",
    "etcdserver: no leader",
    "etcdserver: request timed out",
    "etcdserver: too many requests",
    "timed out",
    "context deadline exceeded",
    "connection refused",
    "connection reset",
    "transport is closing",
    "unexpected EOF",
)
"""Texts of a 500 that pass by themselves: a new leader in etcd, an API server that restarts, a webhook's pod."""


@dataclass(frozen=True)
class Again:
    """Ask again after a pause; unsure whether this attempt was carried out."""

    pause: float
    unsure: bool


def after_cut(cut: Cut, attempt: int, patience: Patience, *, known: bool) -> Again | None:
    """After no answer. A server that never answered yet is not waited for: its address is probably wrong."""
    if cut.lasting or not (known or cut.sent):
        return None
    return Again(patience.pause(attempt), unsure=cut.sent)


def after_answer(answer: Answer, attempt: int, patience: Patience, *, apply: bool, now: float) -> Again | None:
    """After an answer; None is for one that stands, good or bad. `now` is the time of day, for Retry-After dates."""
    if answer.code < 400:
        return None
    status = status_of(answer.code, answer.body)
    if _over_budget(status):
        return None
    pause = _asked_for(answer, now)
    if pause is None:
        pause = patience.pause(attempt)
    if answer.code in _BUSY:
        return Again(pause, unsure=False)
    if answer.code in _UNSURE or (answer.code == 500 and _passes(status)):
        return Again(pause, unsure=True)
    if answer.code == 409 and _lost_a_race(status, apply):
        return Again(pause, unsure=False)
    return None


def _over_budget(status: Status) -> bool:
    """An eviction that a PodDisruptionBudget does not allow now: for how long is for whoever asked to decide."""
    return status.code == 429 and any(cause.get("reason") == "DisruptionBudget" for cause in status.causes)


def _asked_for(answer: Answer, now: float) -> float | None:
    """Retry-After in seconds, also where it is written as a date."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    moment = date_of(value)
    return None if moment is None else max(0.0, moment - now)


def _passes(status: Status) -> bool:
    return any(text in status.message for text in _PASSING) and "admission webhook" not in status.message


def _lost_a_race(status: Status, apply: bool) -> bool:
    """A 409 that is nobody's conflict: two writes met at a quota, or within the server during an apply."""
    if (status.details or {}).get("kind") == "resourcequotas":
        return True
    return apply and not any(cause.get("reason") == "FieldManagerConflict" for cause in status.causes)
