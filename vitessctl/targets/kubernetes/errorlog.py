"""Why the mysqld in a tablet's pod has ended, from the error log beside its data.

Its container runs on and is not ready: mysqlctld (Vitess 24, tried with damaged files) waits for a mysqld that has
ended as long as --wait-time lets it, and says nothing of the reason. To run something in a pod costs the API server
more than a list of all pods, so only containers that are late are looked into, and few at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vitessctl.diagnose.errorlog import cause_of_end, last_words, written_since
from vitessctl.diagnose.kubernetes.sight import dig, moment
from vitessctl.errors import VitessctlError
from vitessctl.render.layout_kubernetes import FOLDERS
from vitessctl.targets.base import State, Verdict
from vitessctl.targets.kubernetes import pods
from vitessctl.targets.kubernetes.faults import Forbidden
from vitessctl.targets.kubernetes.interface import KubernetesApi, KubernetesObject
from vitessctl.targets.kubernetes.snapshot import name_of

MYSQL_CONTAINER = "mysqld"
LATE_SECONDS = 20.0
"""How long a container may run without being ready before its log is looked at; to initialise MySQL takes 5 to 40 s."""
AGAIN_SECONDS = 5.0
"""After how long a log is looked at again: a mysqld that has said nothing more by then is gone for good."""
SELDOM_SECONDS = 60.0
"""How seldom in the end, where nothing is found; the pause grows, so that every late tablet has its turn."""
WINDOW_SECONDS = 5.0
READS = 8
"""How many reads there may be in a window, of all tablets."""
READING_SECONDS = 3.0
"""How long one may take, and about how long all of a window: whoever asks waits for them."""
BYTES = 256 * 1024


@dataclass
class _Life:
    """One life of a container, from when it was first seen not to be ready."""

    container: str
    seen: float
    patience: float
    pause: float = AGAIN_SECONDS
    next: float = 0.0
    words: Sequence[str] = ()
    """What its mysqld said last when the log was last looked at; empty while it has not ended."""
    over: bool = False
    """Whether its mysqld is gone for good: it is not looked at again."""


class ErrorLogs:
    """Those of a namespace's tablets. `now` only goes forward, `clock` tells the time of day."""

    def __init__(
        self,
        api: KubernetesApi,
        namespace: str,
        release: str,
        now: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._api, self._namespace, self._release = api, namespace, release
        self._now, self._clock = now, clock
        self._lives: dict[str, _Life] = {}
        self._reads: list[tuple[float, float]] = []
        """When the last ones ended, and how long they took."""
        self._forbidden = False
        self._lock = threading.Lock()

    def ended(self, pod: KubernetesObject, uid: int) -> Verdict | None:
        """Why the mysqld of a tablet has ended, of which its mysqlctld does not know; None if that is not known.

        For a container that is not ready. Nothing comes of it before it is started again.
        """
        status = pods.container_status(pod, MYSQL_CONTAINER)
        began = moment(dig(status, "state", "running", "startedAt"))
        if not began or not status.get("containerID"):
            return None
        file = f"{FOLDERS.data}/vt_{uid:010d}/error.log"
        with self._lock:
            life = self._life(name_of(pod), str(status["containerID"]))
            if self._is_due(life, began):
                self._look(life, name_of(pod), file, began)
        if not life.over:
            return None
        found = cause_of_end(life.words, self._release, in_pod=True)
        shown = f"kubectl -n {self._namespace} exec {name_of(pod)} -c {MYSQL_CONTAINER} -- tail -n 100 {file}"
        fix = found.fix or f"Look at its error log: {shown}"
        return Verdict(State.DOOMED, found.cause, fix, found.evidence, given_up=life.container)

    def ready(self, pod: KubernetesObject) -> None:
        """It is, so what was seen of it before counts no more."""
        with self._lock:
            self._lives.pop(name_of(pod), None)

    def _life(self, pod: str, container: str) -> _Life:
        """The present one; after one that ended so, it need not be waited for long whether it does, too."""
        life = self._lives.get(pod)
        if life is None or life.container != container:
            known = life is not None and (life.over or life.patience < LATE_SECONDS)
            life = _Life(container, self._now(), AGAIN_SECONDS if known else LATE_SECONDS)
            self._lives[pod] = life
        return life

    def _is_due(self, life: _Life, began: float) -> bool:
        """Whether to look now. The node's clock may be another than ours, so what we saw ourselves counts as well."""
        now = self._now()
        self._reads = [read for read in self._reads if read[0] > now - WINDOW_SECONDS]
        late = max(now - life.seen, self._clock() - began) >= life.patience
        free = len(self._reads) < READS and sum(seconds for _, seconds in self._reads) < READING_SECONDS
        return late and free and now >= life.next and not life.over and not self._forbidden

    def _look(self, life: _Life, pod: str, file: str, began: float) -> None:
        """Read it; where that cannot be done, it is as if there were nothing to read."""
        begun = self._now()
        try:
            words = last_words(written_since(self._lines(pod, file), began))
        except VitessctlError as error:
            self._forbidden = isinstance(error, Forbidden)
            words, life.pause = (), SELDOM_SECONDS
        ended = self._now()
        self._reads.append((ended, ended - begun))
        life.over = bool(words) and words == life.words
        life.words = words
        life.next = ended + (AGAIN_SECONDS if words else life.pause)
        life.pause = min(1.5 * life.pause, SELDOM_SECONDS)

    def _lines(self, pod: str, file: str) -> Sequence[str]:
        command = ("tail", "-c", str(BYTES), file)
        done = self._api.execute(self._namespace, pod, MYSQL_CONTAINER, command, READING_SECONDS)
        return done.output.splitlines()
