"""How this machine reaches a port of a component: straight, from inside the cluster, or through a port-forward.

While a cluster is changed, a pod of which the kubelet has not said yet that it runs is tried for a few seconds: it
says so up to a second late (0.5 s of a bring-up of 11, measured three times over: etcd, vtctld, vtorc).

A forward listens on one local port for as long as the command runs. Which pod a connection goes to is decided when it
is made, so a gRPC channel or a poll that lives through the replacement of a pod finds the next one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from vitessctl.errors import UnreachableError
from vitessctl.targets.base import Address
from vitessctl.targets.kubernetes.interface import KubernetesApi, KubernetesObject
from vitessctl.targets.kubernetes.pods import leaving, running, waiting_reasons
from vitessctl.targets.kubernetes.snapshot import name_of

FindPods = Callable[[str, str], list[KubernetesObject]]
"""The pods of a component and subject, best first."""
_STARTS = {"", "ContainerCreating", "PodInitializing"}
"""What the kubelet says of containers that nothing keeps from starting."""
_STARTING_SECONDS = 5.0
"""How long a pod is tried that may just have started; one whose image is pulled takes longer."""


class Reach:
    """Addresses of components; holds the forwards until it is closed."""

    def __init__(
        self, api: KubernetesApi, namespace: str, find: FindPods, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._api = api
        self._namespace = namespace
        self._find = find
        self._now = now
        self.tries_early = False
        """Whether pods are tried that may just have started: where somebody waits for them."""
        self._first_seen: dict[str, float] = {}
        """When a pod that starts was seen first, by its uid."""
        self._open = ExitStack()
        self._forwards: dict[tuple[str, str, int], Address] = {}
        self._guard = threading.Lock()

    def address(self, component: str, subject: str, port: int) -> Address:
        """Where to connect to. Raises UnreachableError while no pod of it runs."""
        pod = self._reached(component, subject)
        shown = f"port {port} of pod {name_of(pod)}{_on_node(pod)}"
        silence = "" if running(pod) else _not_yet(component, subject)
        if self._api.in_cluster:
            return Address(str(pod["status"]["podIP"]), port, shown)
        key = (component, subject, port)
        with self._guard:
            if key not in self._forwards:
                self._forwards[key] = self._open.enter_context(
                    self._api.forward(self._namespace, lambda: name_of(self._reached(component, subject)), port)
                )
            return replace(self._forwards[key], name=shown, silence=silence)

    def close(self) -> None:
        """End all forwards."""
        with self._guard:
            self._forwards.clear()
            self._open.close()

    def pod_name(self, component: str, subject: str) -> str:
        """A pod of it that runs. Raises UnreachableError."""
        return name_of(self._pod(component, subject))

    def _reached(self, component: str, subject: str) -> KubernetesObject:
        """The pod that a connection goes to. From inside the cluster one needs the address of a pod that runs."""
        return self._pod(component, subject, starting=self.tries_early and not self._api.in_cluster)

    def _pod(self, component: str, subject: str, starting: bool = False) -> KubernetesObject:
        there = self._find(component, subject)
        for pod in there:
            if running(pod) and pod["status"].get("podIP"):
                return pod
        for pod in there if starting else ():
            if self._may_just_have_started(pod):
                return pod
        why = _not_yet(component, subject)
        raise UnreachableError(why.removesuffix(" yet"), where=self._namespace, why=why)

    def _may_just_have_started(self, pod: KubernetesObject) -> bool:
        spec = pod["spec"]
        waits = pod.get("status", {}).get("phase") == "Pending" and spec.get("nodeName")
        if not waits or spec.get("initContainers") or leaving(pod) or not set(waiting_reasons(pod)) <= _STARTS:
            return False
        now = self._now()
        return now - self._first_seen.setdefault(str(pod["metadata"].get("uid", "")), now) <= _STARTING_SECONDS


def _not_yet(component: str, subject: str) -> str:
    return f"no pod of {f'{component} {subject}'.rstrip()} runs yet"


def _on_node(pod: KubernetesObject) -> str:
    node = pod.get("spec", {}).get("nodeName")
    return f" on node {node}" if node else ""
