"""vttablet's container waits for MySQL by itself, so that vttablet starts the moment MySQL is up."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.render.clusters import minimal
from vitessctl import releases
from vitessctl.render.render import render

TABLET = "StatefulSet/guestbook-vttablet-zone1-0000000100"
SAYS_WHAT_IT_IS = ("sh", "-c", 'echo "$$ $*"', "vttablet")


def pod(release: str = "24") -> dict[str, Any]:
    documents = {each.label: each for each in render(minimal(release), "kubernetes")}
    found: dict[str, Any] = documents[TABLET].data["spec"]["template"]["spec"]
    return found


@pytest.fixture
def mysqlctld(tmp_path: Path) -> Iterator[Path]:
    """The socket of a mysqlctld that is up."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "mysqlctl.sock"))
        yield tmp_path / "mysqlctl.sock"


def start(socket_file: Path) -> subprocess.Popen[str]:
    """The container's command on this machine, with a program in place of vttablet."""
    words = [*pod()["containers"][0]["command"], str(socket_file), *SAYS_WHAT_IT_IS, "--port=15000", "a b"]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_vttablet_takes_the_place_of_the_shell_with_its_words_as_they_are(mysqlctld: Path) -> None:
    """What stops the container stops vttablet itself."""
    process = start(mysqlctld)
    said, _ = process.communicate(timeout=20)
    assert said == f"{process.pid} --port=15000 a b\n"
    assert process.returncode == 0


def test_it_waits_until_mysqlctld_has_its_socket(tmp_path: Path) -> None:
    process = start(tmp_path / "mysqlctl.sock")
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "mysqlctl.sock"))
        process.communicate(timeout=20)
    assert process.returncode == 0


def test_it_stops_at_once_while_it_waits(tmp_path: Path) -> None:
    process = start(tmp_path / "mysqlctl.sock")
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 143


@pytest.mark.parametrize("release", releases.names())
def test_in_every_release(release: str) -> None:
    vttablet = pod(release)["containers"][0]
    (mysqld,) = (each for each in pod(release)["initContainers"] if each["name"] == "mysqld")
    assert any(word.endswith(f"={vttablet['args'][0]}") for word in mysqld["args"])
    assert vttablet["args"][1] == "/vt/bin/vttablet"
    assert "--port=15001" in mysqld["args"]
    shared = {mount["name"]: mount["mountPath"] for mount in vttablet["volumeMounts"]}
    assert shared.items() >= {"run": "/vt/run"}.items()
