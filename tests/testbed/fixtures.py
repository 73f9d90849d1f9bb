"""Fixtures for tests on a real Kubernetes: `bed` (with a node), `api_server` (without), `namespace` (an empty one).

A conftest takes them with `pytest_plugins` or by import. Where the machine cannot run a bed, tests are skipped with the
reason. With VITESSCTL_E2E_CONTEXT set, `bed` is that context of the kubeconfig instead, a cluster that somebody brings.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.testbed import build, unavailable
from tests.testbed.cluster import Cluster
from tests.testbed.processes import run, wait_for

CONTEXT = "VITESSCTL_E2E_CONTEXT"
NAMESPACE = "VITESSCTL_E2E_NAMESPACE"

KINDS = "pods,services,statefulsets,deployments,configmaps,secrets,persistentvolumeclaims,leases"
"""What must not be in a namespace that tests may use."""

OWN_OBJECTS = ("configmap/kube-root-ca.crt", "secret/default-token")
"""What Kubernetes puts into every namespace."""

MOMENT_SECONDS = 60.0
"""How long a controller may take for what it does in a moment."""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Bed:
    """A cluster for tests; `cluster` is None where somebody else brought it."""

    kubeconfig: Path
    context: str
    cluster: Cluster | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a program that is to use it."""
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig)}

    def kubectl(self, *arguments: str, stdin: str = "", timeout: float = 60.0) -> str:
        """What kubectl prints; BedError with its words if it fails."""
        chosen = str(self.cluster.binaries.bin / "kubectl") if self.cluster else _kubectl()
        access = ["--kubeconfig", str(self.kubeconfig), "--context", self.context]
        return run([chosen, *access, *arguments], stdin=stdin, timeout=timeout)

    def until_allowed(self, namespace: str, account: str, verb: str, resource: str) -> None:
        """Wait until a ServiceAccount may do this: an API server minds a binding a moment after it was made."""
        user = f"system:serviceaccount:{namespace}:{account}"
        wanted = {"namespace": namespace, "verb": verb, "resource": resource}
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {"user": user, "groups": ["system:authenticated"], "resourceAttributes": wanted},
        }
        asked = ("create", "-f", "-", "-o", "jsonpath={.status.allowed}")
        wait_for(
            f"{user} may not {verb} {resource}",
            lambda: self.kubectl(*asked, stdin=json.dumps(review)) == "true",
            [],
            MOMENT_SECONDS,
        )


@pytest.fixture(scope="session")
def bed() -> Iterator[Bed]:
    """A cluster of one node that runs pods, for the whole session."""
    if context := os.environ.get(CONTEXT):
        with tempfile.TemporaryDirectory(prefix="bed") as folder:
            yield brought(context, Path(folder))
        return
    with started(nodes=1) as cluster:
        yield Bed(cluster.kubeconfig, "testbed", cluster)


def brought(context: str, folder: Path) -> Bed:
    """The cluster of a context of the kubeconfig, which may be several files; BedError where there is none.

    Tests get a kubeconfig that holds this context alone, so that no mistake of theirs can reach another cluster.
    """
    words = ["config", "view", "--context", context, "--minify", "--flatten", "--raw", "-o", "json"]
    found = run([_kubectl(), *words])
    kubeconfig = folder / "kubeconfig"
    kubeconfig.touch(mode=0o600)
    kubeconfig.write_text(found, encoding="utf-8")
    return Bed(kubeconfig, context)


def _kubectl() -> str:
    return shutil.which("kubectl") or str(build.binaries(nodes=0).bin / "kubectl")


@pytest.fixture(scope="session")
def api_server() -> Iterator[Bed]:
    """An API server with its controllers and no node, for the whole session: pods stay pending."""
    with started(nodes=0) as cluster:
        yield Bed(cluster.kubeconfig, "testbed", cluster)


@pytest.fixture
def namespace(bed: Bed) -> Iterator[str]:
    """An empty namespace of the bed, for one test; deleted without waiting for its end, which takes half a minute."""
    with fresh_namespace(bed) as name:
        yield name


@contextmanager
def fresh_namespace(bed: Bed) -> Iterator[str]:
    """An empty namespace: made, and deleted in the end, unless it was there before; fails if it holds anything.

    One that is on its way out, as it is for half a minute after the session before, is passed over.
    """
    name, phase = next((name, phase) for name, phase in _namespaces(bed) if phase != "Terminating")
    if phase:
        refuse_if_used(bed, name)
    else:
        bed.kubectl("create", "namespace", name)
        _wait_until_furnished(bed, name)
    try:
        yield name
    finally:
        if not phase:
            bed.kubectl("delete", "namespace", name, "--wait=false")


def _wait_until_furnished(bed: Bed, namespace: str) -> None:
    """Wait for what Kubernetes puts into every namespace; before that no pod can be made there."""
    objects = "serviceaccount/default", "configmap/kube-root-ca.crt"
    look = ("-n", namespace, "get", *objects, "--ignore-not-found", "-o", "name")
    wait_for(
        f"the namespace {namespace} has no {' or no '.join(objects)}",
        lambda: set(bed.kubectl(*look).split()) == set(objects),
        [],
        MOMENT_SECONDS,
    )


def _namespaces(bed: Bed) -> Iterator[tuple[str, str]]:
    """Names for tests, each given once, and the phase of the namespace; empty if there is none."""
    for number in _numbers:
        name = f"{os.environ.get(NAMESPACE, 'vitessctl-e2e')}-{number}"
        yield name, bed.kubectl("get", "namespace", name, "--ignore-not-found", "-o", "jsonpath={.status.phase}")


def refuse_if_used(bed: Bed, namespace: str) -> None:
    """Fail the test if the namespace holds anything: it could be somebody's."""
    names = bed.kubectl("-n", namespace, "get", KINDS, "-o", "name").split()
    if used := [name for name in names if not name.startswith(OWN_OBJECTS)]:
        pytest.fail(f"namespace {namespace} of context {bed.context} is not empty: it holds {', '.join(used[:5])}")


@contextmanager
def started(nodes: int, fast_node_loss: bool = False, api_server: Path | None = None) -> Iterator[Cluster]:
    """A bed of its own in a folder of its own; skips, and says why, where there can be none."""
    if why := unavailable.reason(nodes):
        pytest.skip(why)
    with tempfile.TemporaryDirectory(prefix="bed") as folder:
        # A run that is told to end (a CI's time is over) ends its bed first, as after Ctrl-C.
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            with Cluster.start(Path(folder) / "b", nodes, fast_node_loss, api_server) as cluster:
                yield cluster
        finally:
            signal.signal(signal.SIGTERM, before)
