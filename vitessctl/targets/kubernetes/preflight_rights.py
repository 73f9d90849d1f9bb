"""Whether we may do what `up` needs, by SelfSubjectAccessReview."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from vitessctl.errors import UnreachableError
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.interface import Kind, KubernetesApi
from vitessctl.targets.kubernetes.preflight_finding import Situation

THREADS = 8
OF_DOCUMENTS = ("get", "list", "create", "patch", "delete")
"""What it takes to have objects of a kind: server-side apply creates and patches; pruning and `down` delete."""


@dataclass(frozen=True)
class Right:
    """One thing that we have to be allowed to do in the namespace."""

    verb: str
    kind: Kind
    subresource: str = ""

    @property
    def resource(self) -> str:
        """As a Role writes it: `pods/log`."""
        return f"{self.kind.plural}/{self.subresource}" if self.subresource else self.kind.plural


ALWAYS: tuple[Right, ...] = (
    *(Right(verb, kinds.POD) for verb in ("get", "list", "delete")),
    Right("get", kinds.POD, "log"),
    *(Right(verb, kinds.POD, "exec") for verb in ("get", "create")),
    *(Right(verb, kinds.POD, "portforward") for verb in ("get", "create")),
    *(Right(verb, kinds.PERSISTENT_VOLUME_CLAIM) for verb in ("get", "list", "patch", "delete")),
    *(Right(verb, kinds.LEASE) for verb in ("get", "create", "update", "delete")),
    *(Right(verb, kinds.CONFIG_MAP) for verb in ("get", "list", "create", "patch", "delete")),
    *(Right(verb, kinds.SECRET) for verb in ("get", "list", "create", "patch", "delete")),
    Right("list", kinds.EVENT),
)
"""Whatever the documents are: looking at pods, reaching them, the lock, the inventory, generated Secrets.

A WebSocket to a pod is opened by GET, which an API server takes for the verb get; from 1.35 on it asks for create too.
"""
PROBES: tuple[Right, ...] = (Right("create", kinds.POD),)
"""For `up --probe` besides: only then a pod is made that belongs to no controller."""


class MissingRights(UnreachableError):
    """We may not do what `up` needs."""

    def __init__(self, namespace: str, missing: Sequence[Right]) -> None:
        self.namespace = namespace
        self.missing = tuple(missing)
        super().__init__(
            f"we may not do everything in the namespace {namespace} that this needs",
            where=f"Namespace/{namespace}",
            why=f"missing: {'; '.join(_by_resource(missing))}",
            fix="have the Role of docs/rbac.yaml created in that namespace and bound to you",
        )


def needed(used: Iterable[Kind]) -> tuple[Right, ...]:
    """All rights that documents of these kinds take, each once."""
    own = (Right(verb, kind) for kind in used for verb in OF_DOCUMENTS)
    return tuple(dict.fromkeys((*own, *ALWAYS)))


def check(situation: Situation) -> Iterator[MissingRights]:
    """One fault that names every right that is missing."""
    used = dict.fromkeys(kinds.of(document.data) for document in situation.documents)
    wanted = (*needed(used), *(PROBES if situation.probes else ()))
    missing = refused(situation.api, situation.namespace, wanted)
    if missing:
        yield MissingRights(situation.namespace, missing)


def refused(api: KubernetesApi, namespace: str, rights: Sequence[Right]) -> list[Right]:
    """Those of these rights that we do not have; asked side by side."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="rights") as pool:
        answers = list(
            pool.map(lambda right: api.allowed(right.verb, right.kind, namespace, right.subresource), rights)
        )
    return [right for right, allowed in zip(rights, answers, strict=True) if not allowed]


def _by_resource(rights: Iterable[Right]) -> list[str]:
    """`create, patch statefulsets`."""
    verbs: dict[str, list[str]] = {}
    for right in rights:
        verbs.setdefault(right.resource, []).append(right.verb)
    return [f"{', '.join(wanted)} {resource}" for resource, wanted in verbs.items()]
