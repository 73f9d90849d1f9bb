"""A run's hold on the cluster: the lease and the record, taken when something is to be written and not before."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from vitessctl.run.events import Event, Notice
from vitessctl.targets.base import Run
from vitessctl.targets.kubernetes.changing import Changing, changing
from vitessctl.targets.kubernetes.interface import KubernetesApi
from vitessctl.targets.kubernetes.kinds import CONFIG_MAP, LEASE
from vitessctl.targets.kubernetes.lease import remove_lease
from vitessctl.targets.kubernetes.record import record_name

if TYPE_CHECKING:
    from vitessctl.targets.kubernetes.target import KubernetesTarget


class Hold:
    """One run's."""

    def __init__(self, target: KubernetesTarget, run: Run, stack: ExitStack) -> None:
        """What is taken is given back when the stack ends."""
        self._target = target
        self._run = run
        self._stack = stack
        self._guard = threading.Lock()
        self._change: Changing | None = None

    def begin(self) -> None:
        """Look whether it can work, take the lease, write the intent. Does nothing the second time."""
        with self._guard:
            if self._change is not None:
                return
            if self._run.command == "up":
                for text in self._target.preflight(self._run.documents, self._run.probes):
                    self._notice(text)
            self._stack.callback(self._forget_lease)
            self._change = self._stack.enter_context(
                changing(
                    self._target.api,
                    self._target.namespace,
                    self._target.cluster,
                    self._run.documents,
                    self._run.command,
                    plan=self._run.plan,
                    notice=self._notice,
                )
            )
            self._change.lock.cancels(self._run.cancelled)
            self._stack.callback(self._forget_record)

    def listen(self, event: Event) -> None:
        """Tell the person, and the record."""
        self._run.listener(event)
        if self._change is not None:
            self._change.recorder(event)

    def _notice(self, text: str) -> None:
        self._run.listener(Notice(0.0, text))

    def _forget_record(self) -> None:
        if self._target.forget_history and self._change is not None:
            self._change.recorder.forget()

    def _forget_lease(self) -> None:
        if self._target.forget_history:
            remove_lease(self._target.api, self._target.cluster.name, self._target.namespace)


def traces(api: KubernetesApi, namespace: str, cluster: str) -> Sequence[str]:
    """The record and the lease, which remember the runs of a cluster that is down."""
    name = record_name(cluster)
    return [f"{kind.name}/{name}" for kind in (CONFIG_MAP, LEASE) if api.get(kind, namespace, name) is not None]
