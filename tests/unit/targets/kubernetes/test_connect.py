"""Which cluster is talked to, and as whom."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.kubernetes.server import write_kubeconfig
from vitessctl.targets.kubernetes import connect, faults


def two_contexts(path: Path, current: str | None = "one") -> str:
    config = json.loads(Path(write_kubeconfig(path, "https://one:6443", context="one")).read_text())
    config["clusters"].append({"name": "d", "cluster": {"server": "https://two:6443"}})
    config["contexts"].append({"name": "two", "context": {"cluster": "d", "user": "u"}})
    config["current-context"] = current
    path.write_text(json.dumps(config))
    return str(path)


@pytest.mark.parametrize(
    ("flag", "variable", "server"),
    [(None, "", "https://one:6443"), ("two", "", "https://two:6443"), (None, "two", "https://two:6443"),
     ("one", "two", "https://one:6443")],
    ids=["current", "flag", "variable", "flag wins"],
)  # fmt: skip
def test_the_context(flag: str | None, variable: str, server: str, tmp_path: Path) -> None:
    environ = {"KUBECONFIG": two_contexts(tmp_path / "config"), connect.CONTEXT_VARIABLE: variable}
    access = connect.load(flag, None, environ)
    assert access.server == server
    assert access.authorization() == {"authorization": "Bearer secret-token"}


def test_the_kubeconfig_of_the_home_folder(tmp_path: Path) -> None:
    (tmp_path / ".kube").mkdir()
    two_contexts(tmp_path / ".kube" / "config")
    assert connect.load(None, None, {"HOME": str(tmp_path)}).context_name == "one"


def test_a_kubeconfig_may_be_several_files(tmp_path: Path) -> None:
    files = f"{tmp_path / 'missing'}:{two_contexts(tmp_path / 'config')}"
    assert connect.load(None, None, {"KUBECONFIG": files}).context_name == "one"


def test_a_context_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(faults.NoContext) as raised:
        connect.load("three", two_contexts(tmp_path / "config"), {})
    assert raised.value.why == "there is no context three; there is: one, two"
    assert raised.value.exit_code == 5


def test_no_context_is_current(tmp_path: Path) -> None:
    with pytest.raises(faults.NoContext, match="no context is current; there is: one, two"):
        connect.load(None, two_contexts(tmp_path / "config", current=None), {})


def test_no_kubeconfig_at_all(tmp_path: Path) -> None:
    with pytest.raises(faults.NoContext, match="no kubeconfig with a context"):
        connect.load(None, None, {"HOME": str(tmp_path)})


@pytest.mark.parametrize("text", ["{", "a: [", "contexts: 3", "- x"])
def test_a_kubeconfig_that_cannot_be_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(text)
    with pytest.raises(faults.NoContext):
        connect.load(None, str(tmp_path / "config"), {})


def service_account(folder: Path) -> Path:
    folder.mkdir()
    (folder / "token").write_text("pod-token")
    (folder / "ca.crt").write_text("a certificate")
    return folder


POD = {"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"}


def test_in_a_pod(tmp_path: Path) -> None:
    access = connect.load(None, None, {**POD, "HOME": str(tmp_path)}, service_account(tmp_path / "account"))
    assert (access.context_name, access.server, access.in_cluster) == ("in-cluster", "https://10.96.0.1:443", True)
    assert access.authorization() == {"authorization": "bearer pod-token"}


def test_a_kubeconfig_goes_before_the_pod(tmp_path: Path) -> None:
    environ = {**POD, "KUBECONFIG": two_contexts(tmp_path / "config")}
    assert not connect.load(None, None, environ, service_account(tmp_path / "account")).in_cluster


def plugin(folder: Path, script: str) -> dict[str, object]:
    """The user of a kubeconfig whose token a program gives."""
    path = folder / "plugin"
    path.write_text(f"#!{sys.executable}\n{script}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(path), "interactiveMode": "Never"}}


def test_a_credential_plugin_gives_the_token(tmp_path: Path) -> None:
    credential = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "t1"}}
    user = plugin(tmp_path, f"print({json.dumps(json.dumps(credential))})")
    access = connect.load(None, write_kubeconfig(tmp_path / "config", "https://one:6443", **user), {})
    assert access.authorization() == {"authorization": "Bearer t1"}


def test_a_credential_plugin_that_expires_is_asked_again(tmp_path: Path) -> None:
    script = f"""
import json, pathlib
seen = pathlib.Path({str(tmp_path)!r}) / "seen"
seen.write_text((seen.read_text() if seen.exists() else "") + "x")
status = {{"token": "t" + str(len(seen.read_text())), "expirationTimestamp": "2020-01-01T00:00:00Z"}}
print(json.dumps({{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}}))
"""
    user = plugin(tmp_path, script)
    access = connect.load(None, write_kubeconfig(tmp_path / "config", "https://one:6443", **user), {})
    first, second = access.authorization(), access.authorization()
    assert first != second


def test_a_credential_plugin_that_fails_is_named(tmp_path: Path) -> None:
    user = plugin(tmp_path, "raise SystemExit('token expired, log in')")
    with pytest.raises(faults.Unauthorized) as raised:
        connect.load(None, write_kubeconfig(tmp_path / "config", "https://one:6443", **user), {})
    assert "its credential plugin fails" in raised.value.why
    assert raised.value.exit_code == 4


def test_nothing_is_imported_before_it_is_used() -> None:
    check = (
        "import sys, vitessctl.targets.kubernetes.client; print('kubernetes' in sys.modules, 'urllib3' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
