"""How this machine reaches a port of a component: straight, from inside the cluster, or through a port-forward.

A forward listens on one local port for as long as the command runs. Which pod a connection goes to is decided when it
is made, so a gRPC channel or a poll that lives through the replacement of a pod finds the next one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from vitessctl.errors import UnreachableError
from vitessctl.targets.base import Address
from vitessctl.targets.kubernetes.interface import KubernetesApi, KubernetesObject
from vitessctl.targets.kubernetes.pods import running
from vitessctl.targets.kubernetes.snapshot import name_of

FindPods = Callable[[str, str], list[KubernetesObject]]
"""The pods of a component and subject, best first."""


class Reach:
    """Addresses of components; holds the forwards until it is closed."""

    def __init__(self, api: KubernetesApi, namespace: str, find: FindPods) -> None:
        self._api = api
        self._namespace = namespace
        self._find = find
        self._open = ExitStack()
        self._forwards: dict[tuple[str, str, int], Address] = {}
        self._guard = threading.Lock()

    def address(self, component: str, subject: str, port: int) -> Address:
        """Where to connect to. Raises UnreachableError while no pod of it runs."""
        pod = self._pod(component, subject)
        shown = f"port {port} of pod {name_of(pod)}{_on_node(pod)}"
        if self._api.in_cluster:
            return Address(str(pod["status"]["podIP"]), port, shown)
        key = (component, subject, port)
        with self._guard:
            if key not in self._forwards:
                choose = partial(self.pod_name, component, subject)
                self._forwards[key] = self._open.enter_context(self._api.forward(self._namespace, choose, port))
            return replace(self._forwards[key], name=shown)

    def close(self) -> None:
        """End all forwards."""
        with self._guard:
            self._forwards.clear()
            self._open.close()

    def pod_name(self, component: str, subject: str) -> str:
        """A pod of it that runs. Raises UnreachableError."""
        return name_of(self._pod(component, subject))

    def _pod(self, component: str, subject: str) -> KubernetesObject:
        for pod in self._find(component, subject):
            if running(pod) and pod["status"].get("podIP"):
                return pod
        what = f"{component} {subject}".rstrip()
        raise UnreachableError(f"no pod of {what} runs", where=self._namespace, why=f"no pod of {what} runs yet")


def _on_node(pod: KubernetesObject) -> str:
    node = pod.get("spec", {}).get("nodeName")
    return f" on node {node}" if node else ""
