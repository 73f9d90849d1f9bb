"""Keeps the record in the cluster while a run goes on, with few writes.

One before the run's first, with what it means to make; then at most one a second, where a stage moved; and one
at the end. A run that is killed leaves an open entry, which the next run closes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import TracebackType

from vitessctl.errors import VitessctlError
from vitessctl.run import events
from vitessctl.run.counting import ChangeCount
from vitessctl.run.runs import Now, Run, ended, time_text, utc_now
from vitessctl.targets.kubernetes.interface import KubernetesApi
from vitessctl.targets.kubernetes.kinds import CONFIG_MAP
from vitessctl.targets.kubernetes.record import Intent, Progress, Record, config_map, parse_record, record_name

BETWEEN_WRITES = 1.0
"""Seconds."""


def read_record(api: KubernetesApi, namespace: str, cluster: str) -> Record:
    """The record of a cluster; an empty one where there is none."""
    return parse_record(api.get(CONFIG_MAP, namespace, record_name(cluster)))


def forget_record(api: KubernetesApi, namespace: str, cluster: str) -> bool:
    """Remove the record, when nothing of the cluster is left to remember; whether it was there."""
    return api.delete(CONFIG_MAP, namespace, record_name(cluster))


class Recorder:
    """One run in the record: enter it before the first write, give it every event, and leave it at the end.

    It is a listener of vitessctl.run.events. To enter it raises the errors of the API server; after that the run
    matters more than its record, so that a failed write is told to `trouble` once and tried again with the next.
    """

    def __init__(
        self,
        api: KubernetesApi,
        namespace: str,
        cluster: str,
        intent: Intent,
        run: Run,
        *,
        now: Now = utc_now,
        allowed: Callable[[], bool] = lambda: True,
        trouble: Callable[[VitessctlError], None] = lambda error: None,
    ) -> None:
        """`run`: id, command, who, and the plan's digest; when it starts is filled in.

        `allowed`: whether the lock is still held; without it nothing is written any more.
        """
        self._api = api
        self._namespace = namespace
        self._cluster = cluster
        self._intent = intent
        self._run = run
        self._now = now
        self._allowed = allowed
        self._trouble = trouble
        self._count = ChangeCount()
        self._record = Record()
        self._written: datetime = now()
        self._pending = False
        self._kept = True
        self._troubled = False

    def __enter__(self) -> Recorder:
        self._run = replace(self._run, started=time_text(self._now()))
        earlier = read_record(self._api, self._namespace, self._cluster)
        self._record = earlier.begun(self._intent, self._run)
        try:
            self._write()
        except KeyboardInterrupt as stop:
            # The server may have carried it out all the same: the entry must not stay open.
            self.__exit__(KeyboardInterrupt, stop, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._kept and self._allowed():
            self._record = self._record.with_run(ended(self._counted(), error, self._now()))
            self._try_to_write()

    def forget(self) -> bool:
        """Remove the record, as `down --delete-data` does last; nothing is written after that."""
        self._kept = False
        return forget_record(self._api, self._namespace, self._cluster)

    def __call__(self, event: events.Event) -> None:
        """Note how far a stage came; write it if the last write was not just now."""
        self._count(event)
        stage, progress = _moved(event)
        if progress is not None and self._record.stages.get(stage) is not progress:
            self._record = self._record.with_stage(stage, progress)
            self._pending = True
        waited = (self._now() - self._written).total_seconds()
        if self._pending and waited >= BETWEEN_WRITES and self._kept and self._allowed():
            self._record = self._record.with_run(self._counted())
            self._try_to_write()

    def _counted(self) -> Run:
        return replace(self._run, changes=self._count.counts)

    def _try_to_write(self) -> None:
        try:
            self._write()
        except VitessctlError as error:
            self._written = self._now()
            if not self._troubled:
                self._troubled = True
                self._trouble(error)

    def _write(self) -> None:
        """Forced: nobody else has a say in what vitessctl remembers, and an edit by hand must not stop a run."""
        self._api.apply(config_map(self._cluster, self._namespace, self._record), force=True)
        self._written = self._now()
        self._pending = False


def _moved(event: events.Event) -> tuple[str, Progress | None]:
    """The stage that an event tells of, and how far it has come."""
    if isinstance(event, events.StageStarted):
        return event.stage, Progress.APPLYING
    if isinstance(event, events.StageReady):
        return event.stage, Progress.READY
    if isinstance(event, events.StageFailed):
        return event.stage, Progress.FAILED
    if isinstance(event, events.StageStopped):
        return event.stage, Progress.PENDING
    return "", None
