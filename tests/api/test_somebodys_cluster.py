"""A cluster that somebody brings (VITESSCTL_E2E_CONTEXT): what tests may touch there, and how they get to it."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.kubernetes.proxy import NoCredentials, Proxy
from tests.support.kubernetes.server import write_kubeconfig
from tests.testbed import fixtures
from tests.testbed.fixtures import Bed, brought, fresh_namespace
from tests.testbed.processes import BedError
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.client import open_api
from vitessctl.targets.kubernetes.faults import Forbidden

_prefixes = itertools.count(1)


@pytest.fixture
def prefix(monkeypatch: pytest.MonkeyPatch) -> str:
    """What the names of this test's namespaces begin with; they are counted from 1."""
    name = f"somebodys-{next(_prefixes)}"
    monkeypatch.setenv(fixtures.NAMESPACE, name)
    monkeypatch.setattr(fixtures, "_numbers", itertools.count(1))
    return name


def phase(bed: Bed, namespace: str) -> str:
    return bed.kubectl("get", "namespace", namespace, "-o", "jsonpath={.status.phase}")


def test_a_namespace_that_holds_something_is_refused_and_stays(api_server: Bed, prefix: str) -> None:
    api_server.kubectl("create", "namespace", f"{prefix}-1")
    api_server.kubectl("-n", f"{prefix}-1", "create", "configmap", "mine")

    refusal = f"namespace {prefix}-1 of context testbed is not empty: it holds configmap/mine"
    with pytest.raises(pytest.fail.Exception, match=refusal), fresh_namespace(api_server):
        pass

    assert phase(api_server, f"{prefix}-1") == "Active"
    assert "mine" in api_server.kubectl("-n", f"{prefix}-1", "get", "configmaps")


def test_an_empty_namespace_is_used_and_stays_and_one_of_our_own_goes(api_server: Bed, prefix: str) -> None:
    api_server.kubectl("create", "namespace", f"{prefix}-1")

    for name in (f"{prefix}-1", f"{prefix}-2"):
        with fresh_namespace(api_server) as found:
            assert found == name
            assert phase(api_server, found) == "Active"

    assert phase(api_server, f"{prefix}-1") == "Active"
    left = api_server.kubectl("get", "namespace", f"{prefix}-2", "--ignore-not-found", "-o", "jsonpath={.status.phase}")
    assert left in ("", "Terminating")


def test_a_namespace_that_the_session_before_deleted_is_passed_over(api_server: Bed, prefix: str) -> None:
    going = {"metadata": {"name": "last", "finalizers": ["example.com/slow"]}, "kind": "ConfigMap", "apiVersion": "v1"}
    api_server.kubectl("create", "namespace", f"{prefix}-1")
    api_server.kubectl("-n", f"{prefix}-1", "create", "-f", "-", stdin=json.dumps(going))
    api_server.kubectl("delete", "namespace", f"{prefix}-1", "--wait=false")

    with fresh_namespace(api_server) as name:
        assert name == f"{prefix}-2"


def test_of_several_contexts_in_several_files_tests_get_the_named_one(
    api_server: Bed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = write_kubeconfig(tmp_path / "other", "https://192.0.2.1:6443", context="other")
    monkeypatch.setenv("KUBECONFIG", f"{other}:{api_server.kubeconfig}")

    bed = brought("testbed", tmp_path)

    assert "default" in bed.kubectl("get", "namespaces")
    assert "192.0.2.1" not in bed.kubeconfig.read_text()
    assert bed.kubeconfig.stat().st_mode & 0o077 == 0
    with pytest.raises(BedError, match="nowhere"):
        brought("nowhere", tmp_path)


def test_a_proxy_speaks_for_a_user_with_a_token(api_server: Bed, tmp_path: Path) -> None:
    with fresh_namespace(api_server) as namespace:
        api_server.kubectl("-n", namespace, "create", "serviceaccount", "robot")
        words = ["--clusterrole=view", f"--serviceaccount={namespace}:robot"]
        api_server.kubectl("-n", namespace, "create", "rolebinding", "robot", *words)
        api_server.until_allowed(namespace, "robot", "list", "serviceaccounts")
        token = api_server.kubectl("-n", namespace, "create", "token", "robot").strip()

        with Proxy.before(with_user(api_server, tmp_path, {"token": token}), tmp_path) as proxy:
            api = open_api(kubeconfig=str(proxy.kubeconfig))
            assert [each["metadata"]["name"] for each in api.list(kinds.SERVICE_ACCOUNT, namespace)]
            with pytest.raises(Forbidden, match="robot"):
                api.delete(kinds.SERVICE_ACCOUNT, namespace, "robot")


def test_a_proxy_says_for_whom_it_cannot_speak(api_server: Bed, tmp_path: Path) -> None:
    program = {"exec": {"command": "cloud-login", "apiVersion": "client.authentication.k8s.io/v1"}}
    refusal = "neither client certificate nor token: exec"
    with pytest.raises(NoCredentials, match=refusal), Proxy.before(with_user(api_server, tmp_path, program), tmp_path):
        pass


def with_user(bed: Bed, folder: Path, user: dict[str, Any]) -> Path:
    """A kubeconfig of the same server, for another user."""
    config = json.loads(bed.kubeconfig.read_text())
    config["users"][0]["user"] = user
    kubeconfig = folder / "another"
    kubeconfig.write_text(json.dumps(config))
    return kubeconfig
