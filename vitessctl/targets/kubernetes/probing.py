"""Running images once in the cluster: short-lived pods, their logs, and what becomes of those that do not run."""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from vitessctl.diagnose.kubernetes.sight import dig, moment
from vitessctl.errors import NotReadyError, UnreachableError
from vitessctl.model.cluster import Cluster
from vitessctl.render.names import label_value
from vitessctl.run.author import Author, author_of, is_gone, this_author
from vitessctl.targets.base import Answer, Question
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.faults import NotThere, Outdated, Refused
from vitessctl.targets.kubernetes.interface import KubernetesApi, KubernetesObject
from vitessctl.targets.kubernetes.probe_look import Look
from vitessctl.targets.kubernetes.probe_pods import AUTHOR, LIFE_SECONDS, WAIT_SECONDS, ProbePod, pods_for
from vitessctl.targets.kubernetes.snapshot import PROBE, label_of, name_of

LOG_LINES = 3000
"""A help text has some 400 lines; those of releases before 15 have two for each flag."""
_PAUSE = 0.3
_PATIENCE_SECONDS = 3.0
"""A pod that is not done after this long may be in trouble: only then events are read."""
_ACCOUNT_SECONDS = 20.0
"""A namespace that was just made has its default ServiceAccount, without which no pod is made, a moment later."""
_NO_ACCOUNT = 'serviceaccount "default" not found'
_AT_ONCE = 8


class Prober:
    """Asks questions of images by pods of its own, which are always taken away again."""

    def __init__(
        self,
        cluster: Cluster,
        api: KubernetesApi,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        author: Author | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`now` and `sleep` are for waiting, `clock` gives seconds since 1970 as objects have them."""
        self._cluster, self._api = cluster, api
        self._namespace = cluster.namespace
        self._now, self._sleep, self._clock = now, sleep, clock
        self._author = author or this_author()

    def answers(self, questions: Sequence[Question], cancelled: threading.Event) -> list[Answer]:
        """One answer a question, in their order. Raises what the API server refuses, and NotReadyError."""
        self.clear()
        pods = pods_for(
            self._cluster.name, self._namespace, questions, self._author.run, dataclasses.asdict(self._author)
        )
        with self._made(pods):
            found = self._wait(pods, cancelled)
        return [found[question.name] for question in questions]

    def clear(self) -> None:
        """Take away what runs left that were killed."""
        for pod in self._own():
            if self._is_left(pod):
                self._delete(pod)

    @contextmanager
    def _made(self, pods: Sequence[ProbePod]) -> Iterator[None]:
        """The pods are there while inside. A create that is under way at an interrupt comes to its end first."""
        try:
            with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="probe") as pool:
                list(pool.map(self._create, pods))
            yield
        finally:
            for pod in self._own():
                if label_of(pod, PROBE) == self._author.run:
                    self._delete(pod)

    def _create(self, pod: ProbePod) -> None:
        begun = self._now()
        while True:
            try:
                self._api.create(pod.body)
                return
            except Refused as refused:
                if _NO_ACCOUNT not in refused.message or self._now() - begun > _ACCOUNT_SECONDS:
                    raise
            self._sleep(_PAUSE)

    def _delete(self, pod: KubernetesObject) -> None:
        """At once: nothing in it has anything to finish."""
        with suppress(Outdated, NotThere):
            self._api.delete(kinds.POD, self._namespace, name_of(pod), uid=str(pod["metadata"]["uid"]), grace=0)

    def _own(self) -> list[KubernetesObject]:
        labels = {"vitessctl.io/cluster": label_value(self._cluster.name)}
        return [pod for pod in self._api.list(kinds.POD, self._namespace, labels) if label_of(pod, PROBE)]

    def _is_left(self, pod: KubernetesObject) -> bool:
        """Whether nobody waits for it: who made it is known to be gone, or it has outlived every wait."""
        made = moment(dig(pod, "metadata", "creationTimestamp"))
        return is_gone(_author_of(pod)) or (bool(made) and self._clock() - made > 2 * LIFE_SECONDS)

    def _wait(self, pods: Sequence[ProbePod], cancelled: threading.Event) -> Mapping[str, Answer]:
        begun, since = self._now(), self._clock()
        found: dict[str, Answer] = {}
        while True:
            there = {name_of(pod): pod for pod in self._own()}
            waited = self._now() - begun
            events = self._events() if waited > _PATIENCE_SECONDS else ()
            for pod in pods:
                look = Look(pod, there.get(pod.name), events, self._log, self._clock(), since)
                found |= look.answers(found)
                found |= look.late(found) if waited > WAIT_SECONDS else {}
            if all(name in found for pod in pods for name in pod.questions):
                return found
            if cancelled.is_set():
                raise NotReadyError("the images were not waited for any longer")
            self._sleep(_PAUSE)

    def _events(self) -> Sequence[KubernetesObject]:
        """Of the whole namespace, for they carry no labels; none where we may not read them."""
        try:
            return self._api.list(kinds.EVENT, self._namespace)
        except UnreachableError as error:
            if error.passing:
                raise
            return ()

    def _log(self, pod: str, container: str) -> Sequence[str]:
        return self._api.logs(self._namespace, pod, container, LOG_LINES)


def _author_of(pod: KubernetesObject) -> Author:
    """Who made a pod; nobody who is ever gone where it does not say."""
    try:
        return author_of(json.loads(dig(pod, "metadata", "annotations", AUTHOR, default="{}")))
    except (ValueError, TypeError, AttributeError):
        return Author("", "")
