"""One call to the API server with everything around it: credentials, deadlines, repetition, what a refusal means."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from vitessctl.targets.kubernetes import retry, transport
from vitessctl.targets.kubernetes.connect import Access
from vitessctl.targets.kubernetes.faults import ServerFailed, Unreachable
from vitessctl.targets.kubernetes.refusals import Call, fault_of, status_of
from vitessctl.targets.kubernetes.retry import Again, Patience
from vitessctl.targets.kubernetes.transport import Answer, Cut

JSON = "application/json"


@dataclass(frozen=True)
class Ask:
    """A request, ready to be sent as often as need be."""

    call: Call
    method: str
    path: str
    """With its query."""
    body: bytes | None = None
    content_type: str = JSON
    accept: str = JSON
    apply: bool = False
    """Whether it is a server-side apply that names no version, which can be sent again after any 409 but a conflict."""


@dataclass(frozen=True)
class Result:
    """The last answer, and whether an earlier attempt may have been carried out too."""

    answer: Answer
    unsure: bool


class Requests:
    """Sends requests; safe for several threads."""

    def __init__(
        self,
        load: Callable[[], Access],
        patience: Patience,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        time_of_day: Callable[[], float] = time.time,
    ) -> None:
        """`load` reads the kubeconfig; it is called again when the server no longer takes our credentials."""
        self._load, self._patience = load, patience
        self._clock, self._sleep, self._time_of_day = clock, sleep, time_of_day
        self._lock = threading.Lock()
        self._known = False
        self.access = load()
        self.counts: Counter[str] = Counter()

    def ask(self, ask: Ask) -> Result:
        """Send it, again where that makes sense, until an answer stands. Raises Unreachable, ServerFailed."""
        end = self._clock() + self._patience.total
        attempt, unsure = 0, False
        while True:
            attempt += 1
            left = end - self._clock()
            outcome = self._attempt(ask, min(self._patience.request, max(left, 0.1)))
            again = self._again(ask, outcome, attempt)
            if again is None or attempt >= self._patience.attempts or self._clock() + again.pause >= end:
                return Result(self._standing(ask, outcome), unsure)
            unsure = unsure or again.unsure
            self._sleep(again.pause)

    def stream(self, ask: Ask) -> Any:
        """Send it once and give the response with its body unread; the caller closes it."""
        access = self.access
        try:
            response = self._open(access, ask)
            if response.status == 401:
                response.close()
                response = self._open(self.renew(access), ask)
            if response.status >= 400:
                answer = Answer(response.status, response.headers, response.read())
                response.close()
                raise self.fault(ask.call, answer)
        except Cut as cut:
            raise Unreachable(self.access.server, cut.why, cut.fix) from cut
        return response

    def renew(self, stale: Access) -> Access:
        """Read the credentials anew, once, however many threads found them stale."""
        with self._lock:
            if self.access is stale:
                self.access = self._load()
            return self.access

    def fault(self, call: Call, answer: Answer) -> Exception:
        """The fault that an answer means."""
        access = self.access
        return fault_of(status_of(answer.code, answer.body), call, access.server, access.context_name)

    def count(self, method: str) -> None:
        """Count a request that was sent."""
        with self._lock:
            self.counts[method] += 1

    def _attempt(self, ask: Ask, seconds: float) -> Answer | Cut:
        """Once; twice where the credentials turn out to be stale."""
        access = self.access
        try:
            answer = self._send(access, ask, seconds)
            if answer.code == 401:
                answer = self._send(self.renew(access), ask, seconds)
        except Cut as cut:
            return cut
        self._known = True
        return answer

    def _send(self, access: Access, ask: Ask, seconds: float) -> Answer:
        self.count(ask.method)
        url = access.server.rstrip("/") + ask.path
        return transport.send(access.pool, ask.method, url, self._headers(access, ask), ask.body, seconds)

    def _open(self, access: Access, ask: Ask) -> Any:
        self.count(ask.method)
        url = access.server.rstrip("/") + ask.path
        return transport.open_stream(access.pool, ask.method, url, self._headers(access, ask))

    @staticmethod
    def _headers(access: Access, ask: Ask) -> Mapping[str, str]:
        headers = {"Accept": ask.accept, "User-Agent": "vitessctl", **access.authorization()}
        if ask.body is not None:
            headers["Content-Type"] = ask.content_type
        return headers

    def _again(self, ask: Ask, outcome: Answer | Cut, attempt: int) -> Again | None:
        if isinstance(outcome, Cut):
            return retry.after_cut(outcome, attempt, self._patience, known=self._known)
        return retry.after_answer(outcome, attempt, self._patience, apply=ask.apply, now=self._time_of_day())

    def _standing(self, ask: Ask, outcome: Answer | Cut) -> Answer:
        if isinstance(outcome, Cut):
            raise Unreachable(self.access.server, outcome.why, outcome.fix) from outcome
        if outcome.code in (429, 502, 503, 504):
            message = status_of(outcome.code, outcome.body).message or "nothing more"
            raise ServerFailed(ask.call.what, self.access.server, outcome.code, message)
        return outcome
