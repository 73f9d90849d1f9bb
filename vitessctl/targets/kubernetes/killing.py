"""Killing on purpose what runs in pods; controllers and the kubelet bring it back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from vitessctl.errors import VitessctlError
from vitessctl.targets.base import ComponentStatus, Force
from vitessctl.targets.kubernetes import kinds, removal
from vitessctl.targets.kubernetes.faults import StreamFailed
from vitessctl.targets.kubernetes.interface import Executed, KubernetesApi, KubernetesObject

ABRUPTLY = ("sh", "-c", "kill -QUIT 1")
"""A container's first process cannot be sent SIGKILL from inside. Go's runtime takes SIGQUIT for its end: it prints its
stacks and exits with 2 at once, and nothing is shut down, as after a kill -9."""
_EXEC_SECONDS = 10.0
_KILLED = (0, 137)
"""The exit codes of the shell: it did it, or it was killed with its container."""
BUDGET_PAUSE = 1.0
"""Between two questions whether a disruption budget allows the next eviction by now."""


def end_program(api: KubernetesApi, namespace: str, pod: str, container: str) -> Executed:
    """End the first process of a container; raises StreamFailed, also where the command was cut off with it."""
    return api.execute(namespace, pod, container, ABRUPTLY, _EXEC_SECONDS)


class Killer:
    """Kills pods of one namespace, as they were seen."""

    def __init__(
        self,
        api: KubernetesApi,
        namespace: str,
        pods: Mapping[str, KubernetesObject],
        sleep: Callable[[float], None],
    ) -> None:
        self._api, self._namespace, self._pods, self._sleep = api, namespace, pods, sleep

    def kill(self, victims: Sequence[ComponentStatus], force: Force, cancelled: threading.Event) -> Sequence[str]:
        """Kill these; gives their names. See vitessctl.targets.base.Target."""
        found = [(victim, pod) for victim in victims if (pod := self._pods.get(victim.label.partition("/")[2]))]
        if force is Force.EVICT:
            return self._evict(found, cancelled)
        ways = {Force.WHOLE: self._without_grace, Force.PROGRAM: self._program, Force.RESTART: self._gently}
        return [ways[force](victim, pod) for victim, pod in found]

    def _without_grace(self, victim: ComponentStatus, pod: KubernetesObject) -> str:
        name, uid = pod["metadata"]["name"], str(pod["metadata"]["uid"])
        self._api.delete(kinds.POD, self._namespace, name, uid=uid, grace=0)
        return victim.label

    def _gently(self, victim: ComponentStatus, pod: KubernetesObject) -> str:
        removal.delete(self._api, self._namespace, kinds.POD, pod)
        return victim.label

    def _program(self, victim: ComponentStatus, pod: KubernetesObject) -> str:
        """Whether it ended is seen by whoever watches: the command may be cut off with its container."""
        name, container = pod["metadata"]["name"], victim.component
        try:
            done = end_program(self._api, self._namespace, name, container)
        except StreamFailed:
            return f"{container} in {victim.label}"
        if done.exit_code not in _KILLED:
            raise VitessctlError(
                f"{container} cannot be killed",
                where=victim.label,
                why=done.errors.strip() or f"`{ABRUPTLY[-1]}` ends with exit code {done.exit_code}",
                fix="kill-primary deletes the whole pod, for which nothing has to run in it",
            )
        return f"{container} in {victim.label}"

    def _evict(
        self, found: Sequence[tuple[ComponentStatus, KubernetesObject]], cancelled: threading.Event
    ) -> Sequence[str]:
        """One after the other as their budgets allow it, those first that are allowed."""
        evicted: list[str] = []
        left = list(found)
        while left and not cancelled.is_set():
            refused = []
            for victim, pod in left:
                uid = str(pod["metadata"]["uid"])
                if self._api.evict(self._namespace, pod["metadata"]["name"], uid=uid):
                    evicted.append(victim.label)
                else:
                    refused.append((victim, pod))
            left = refused
            if left:
                self._sleep(BUDGET_PAUSE)
        return evicted
