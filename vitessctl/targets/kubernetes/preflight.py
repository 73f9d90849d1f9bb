"""What can be known not to work before the first write to a Kubernetes cluster, all of it in one error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from vitessctl.errors import SeveralErrors, VitessctlError
from vitessctl.render.documents import Document
from vitessctl.targets.kubernetes import (
    preflight_capacity,
    preflight_namespace,
    preflight_owners,
    preflight_quota,
    preflight_rights,
    preflight_security,
    preflight_storage,
    preflight_version,
)
from vitessctl.targets.kubernetes.faults import Forbidden
from vitessctl.targets.kubernetes.interface import KubernetesApi
from vitessctl.targets.kubernetes.preflight_finding import Finding, Notice, Ready, Situation

THREADS = 8
_CHECKS: tuple[Callable[[Situation], Iterable[Finding]], ...] = (
    preflight_rights.check,
    preflight_owners.check,
    preflight_storage.check,
    preflight_capacity.check,
    preflight_quota.check,
)


class PreflightError(SeveralErrors):
    """Everything that is known beforehand not to work."""

    def __init__(self, errors: Iterable[VitessctlError]) -> None:
        self.errors = tuple(errors)
        super().__init__(f"{len(self.errors)} things in this Kubernetes cluster are in the way")


def preflight(
    api: KubernetesApi, namespace: str, cluster: str, documents: Sequence[Document], *, probes: bool = False
) -> Ready:
    """Look at everything before the first write, without writing.

    Raises the one fault, or a PreflightError of several; Unreachable and Unauthorized as they come. `cluster` is the
    name in cluster.yaml; `probes`: images are to be run once. The calls are a list or a few gets for each kind of
    object, and the access reviews.
    """
    version = api.version()
    found = preflight_namespace.look(api, namespace)
    situation = Situation(api, namespace, cluster, documents, exists=not found.missing, probes=probes)
    with ThreadPoolExecutor(THREADS, thread_name_prefix="preflight") as pool:
        ran = list(pool.map(lambda check: list(_guarded(check, situation)), _CHECKS))
    findings = [
        *preflight_version.check(version),
        *preflight_namespace.judge(api, namespace, found),
        *(finding for findings in ran for finding in findings),
        *preflight_security.check(found.namespace, documents),
    ]
    _raise_all(finding for finding in findings if isinstance(finding, VitessctlError))
    notices = tuple(finding.text for finding in findings if isinstance(finding, Notice))
    return Ready(version, make_namespace=not situation.exists, notices=notices)


def _guarded(check: Callable[[Situation], Iterable[Finding]], situation: Situation) -> Iterator[Finding]:
    """What we may not look at is not checked; whether we need the right is for the access reviews to say."""
    try:
        yield from check(situation)
    except Forbidden as error:
        yield Notice(f"not checked, since {error.what}: {check.__module__.rpartition('preflight_')[2]}")


def _raise_all(faults: Iterable[VitessctlError]) -> None:
    found = tuple(faults)
    if len(found) == 1:
        raise found[0]
    if found:
        raise PreflightError(found)
