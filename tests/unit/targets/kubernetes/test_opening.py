"""From a command line to the target."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.targets.kubernetes.test_target import a_cluster
from vitessctl.targets.kubernetes.faults import NoContext
from vitessctl.targets.kubernetes.opening import open_kubernetes

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: staging
clusters:
  - {name: staging, cluster: {server: "https://staging.example.com:6443"}}
  - {name: prod, cluster: {server: "https://prod.example.com:6443"}}
contexts:
  - {name: staging, context: {cluster: staging, user: me}}
  - {name: prod, context: {cluster: prod, user: me}}
users: [{name: me, user: {token: abc}}]
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    return {"KUBECONFIG": str(tmp_path / "kubeconfig"), "HOME": str(tmp_path)}


@pytest.mark.parametrize(
    ("context", "around", "chosen"),
    [
        ("", {}, "staging"),
        ("prod", {}, "prod"),
        ("", {"VITESSCTL_CONTEXT": "prod"}, "prod"),
        ("staging", {"VITESSCTL_CONTEXT": "prod"}, "staging"),
    ],
)
def test_which_cluster(environ: dict[str, str], context: str, around: dict[str, str], chosen: str) -> None:
    cluster = a_cluster("namespace=databases")

    target = open_kubernetes(cluster, context, {**environ, **around})

    assert (target.name, target.namespace) == ("kubernetes", "databases")
    assert (target.api.context_name, target.api.server) == (chosen, f"https://{chosen}.example.com:6443")
    assert dict(target.api.counts) == {}


def test_a_context_that_is_not_there_is_named_beside_those_that_are(environ: dict[str, str]) -> None:
    with pytest.raises(NoContext) as raised:
        open_kubernetes(a_cluster(), "production", environ)
    assert raised.value.why == "there is no context production; there is: prod, staging"


def test_without_a_kubeconfig_it_names_what_needs_none(tmp_path: Path) -> None:
    with pytest.raises(NoContext) as raised:
        open_kubernetes(a_cluster(), "", {"HOME": str(tmp_path)})
    assert raised.value.where == f"{tmp_path}/.kube/config"
    assert "--rehearse" in raised.value.fix
    assert "--local" in raised.value.fix
