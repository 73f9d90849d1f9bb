"""A port of this machine that leads to a vtgate of a cell, for as long as somebody wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from vitessctl.errors import UnreachableError, VitessctlError
from vitessctl.render.layout_kubernetes import VITESS
from vitessctl.render.names import object_name
from vitessctl.targets.base import Address
from vitessctl.targets.kubernetes.faults import NotThere
from vitessctl.targets.kubernetes.interface import KubernetesApi
from vitessctl.targets.kubernetes.kinds import POD
from vitessctl.targets.kubernetes.podlogs import NoPod, serving_pods
from vitessctl.targets.kubernetes.pods import ready

Wait = Callable[[], bool]
"""Waits until it is time to look again; gives whether to go on."""


@dataclass(frozen=True)
class Gate:
    """The vtgates of one cell of a cluster."""

    api: KubernetesApi
    namespace: str
    cluster: str
    cell: str

    @property
    def service(self) -> Address:
        """Where clients inside the Kubernetes cluster reach them."""
        return Address(f"{object_name(self.cluster, 'vtgate', self.cell)}.{self.namespace}", VITESS.mysql)

    def pod(self) -> str:
        """The name of one that serves. Raises NoPod."""
        pods = serving_pods(self.api, self.namespace, self.cluster, "vtgate", self.cell)
        if not pods:
            raise NoPod(self.namespace, self.cluster, f"vtgate in {self.cell} that is ready")
        return pods[0]

    @contextmanager
    def forward(self, local_port: int = 0) -> Iterator[tuple[str, Address]]:
        """The pod that a port of this machine leads to while inside, and that port. Raises NoPod."""
        pod = self.pod()
        with self.api.forward(self.namespace, pod, VITESS.mysql, local_port) as address:
            yield pod, address

    def keep_forward(
        self, local_port: int, opened: Callable[[str, Address], None], left: Callable[[str, str], None], wait: Wait
    ) -> None:
        """Lead the port to a vtgate, and to another one when that goes away, until `wait` says to end.

        `opened` is told pod and address each time, `left` the pod that is gone (or "") and why there is no other yet.
        Raises NoPod if there is none to begin with.
        """
        with self.forward(local_port) as (pod, address):
            opened(pod, address)
            going_on = self._while_it_serves(pod, wait)
        while going_on:
            try:
                with self.forward(address.port) as (pod, address):
                    opened(pod, address)
                    going_on = self._while_it_serves(pod, wait)
            except (NoPod, NotThere, UnreachableError) as error:
                left(pod, error.what)
                going_on = wait()

    def _while_it_serves(self, pod: str, wait: Wait) -> bool:
        """Wait until the pod is gone; whether to go on with another."""
        while wait():
            if not self._there(pod):
                return True
        return False

    def _there(self, pod: str) -> bool:
        try:
            found = self.api.get(POD, self.namespace, pod)
        except VitessctlError:
            return True  # Not known to be gone: its connections may well go on.
        return found is not None and ready(found)
