"""What the target needs of an API server: one small protocol, objects as plain dicts.

`client.py` is the real one. Everything else of the target speaks only this, so no other module imports the
Kubernetes client, and nothing but this has to be faked in a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from vitessctl.targets.base import Address, Pipes
from vitessctl.targets.ground import Expiry, Reading

KubernetesObject = Mapping[str, Any]
"""An object as the API server writes it."""

FIELD_MANAGER = "vitessctl"


@dataclass(frozen=True)
class Kind:
    """A kind of object, and where the API server has it."""

    name: str
    """`StatefulSet`."""
    api_version: str
    """`apps/v1`; `v1` for the core group."""
    plural: str
    """`statefulsets`."""
    namespaced: bool = True


@dataclass(frozen=True)
class Executed:
    """What a command in a container gave."""

    exit_code: int
    output: str
    errors: str


class KubernetesApi(Protocol):
    """Raises the errors of vitessctl.targets.kubernetes.faults and nothing else. Safe for several threads."""

    context_name: str
    """The kubeconfig context, or `in-cluster`."""
    server: str
    """The API server's address, for messages."""
    in_cluster: bool
    """Whether this process runs in a pod of that cluster, so that it reaches the pods itself."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many requests were sent so far, retries included, by HTTP method: `GET`, `PATCH`."""

    def get(self, kind: Kind, namespace: str, name: str) -> KubernetesObject | None:
        """One object; None if it is not there."""

    def list(self, kind: Kind, namespace: str, labels: Mapping[str, str] | None = None) -> Sequence[KubernetesObject]:
        """All objects of a kind that carry the labels, in one call as long as the server does not page them."""

    def apply(self, body: KubernetesObject, *, dry_run: bool = False, force: bool = False) -> KubernetesObject:
        """Server-side apply under FIELD_MANAGER, strictly validated; gives the object as it is then.

        Raises ApplyConflict, which names fields and managers, unless `force`.
        """

    def create(self, body: KubernetesObject) -> KubernetesObject:
        """Create; raises AlreadyThere."""

    def replace(self, body: KubernetesObject) -> KubernetesObject:
        """Put an object whose metadata.resourceVersion is the one that was read; raises Outdated where it moved."""

    def merge(self, kind: Kind, namespace: str, name: str, patch: Mapping[str, Any]) -> KubernetesObject:
        """A merge patch (RFC 7386), for a field that is not ours to own, such as a claim's size."""

    def delete(
        self, kind: Kind, namespace: str, name: str, *, uid: str = "", orphan: bool = False, grace: int | None = None
    ) -> bool:
        """Delete; `orphan` leaves what it owns, `grace` is in seconds. False if it was not there.

        With a uid, only that very object: raises Outdated where another one has taken its name.
        """

    def evict(self, namespace: str, pod: str, *, uid: str) -> bool:
        """Ask a pod off its node, that very one. False while a disruption budget does not allow it.

        True also where it is gone already. Raises Forbidden without the right to create pods/eviction.
        """

    def allowed(self, verb: str, kind: Kind, namespace: str, subresource: str = "") -> bool:
        """Whether we may, by SelfSubjectAccessReview."""

    def logs(self, namespace: str, pod: str, container: str, lines: int, *, previous: bool = False) -> Sequence[str]:
        """The last lines of a container's log, oldest first; none if it never ran."""

    def follow(self, namespace: str, pod: str, container: str, lines: int) -> Iterator[str]:
        """The last lines, and then each line as it is written, until the container ends."""

    def execute(self, namespace: str, pod: str, container: str, command: Sequence[str], seconds: float) -> Executed:
        """Run a command in a container."""

    def run(self, namespace: str, pod: str, container: str, command: Sequence[str], pipes: Pipes) -> int:
        """The same, however long it takes, reading and writing as it goes on; gives its exit code.

        Raises StreamFailed where it could not run, or the connection broke.
        """

    def forward(
        self, namespace: str, pod: str | Callable[[], str], port: int, local_port: int = 0
    ) -> AbstractContextManager[Address]:
        """Listen on 127.0.0.1 and carry every connection to a pod's port; connections may come and go at will.

        `pod`: a name, or what gives one for each connection anew, so that a forward outlives a pod.
        """

    def version(self) -> str:
        """The server's version, `v1.34.4`."""

    def clock(self) -> Reading:
        """What the server's clock says, by the Date of an answer. Raises ServerFailed where it gives none."""

    def expiries(self) -> Sequence[Expiry]:
        """How long our credentials and the server's certificate are valid, as far as they say."""
