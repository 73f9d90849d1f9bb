"""A command that is forked is the command that is started: same screen, same exit code, and a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.support import forked
from tests.support.live import REPOSITORY

MINIMAL = ("-i", "inventories/minimal")
COMMANDS = {
    "it works": ("validate", *MINIMAL),
    "a document for each line": ("render", *MINIMAL),
    "data": ("plan", *MINIMAL, "--rehearse", "--state-dir", "nowhere", "--output", "json"),
    "an error of the spec": ("validate", *MINIMAL, "-e", "shards=two"),
    "no such inventory": ("plan", "-i", "inventories/none", "--rehearse"),
    "no such command": ("plant",),
    "help": ("up", "--help"),
    "the newest release": ("releases", "show", "24"),
}


def started(words: tuple[str, ...], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vitessctl", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=environment,
        timeout=60,
    )


def fork(
    *words: str, environment: dict[str, str] | None = None, folder: Path = REPOSITORY, timeout: float = 60.0
) -> forked.Ran:
    return forked.run(words, environment or dict(os.environ), folder, timeout)


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_both_say_the_same(words: tuple[str, ...]) -> None:
    environment = {**os.environ, "COLUMNS": "100"}

    one, other = fork(*words, environment=environment), started(words, environment)

    assert (one.returncode, one.stdout, one.stderr) == (other.returncode, other.stdout, other.stderr)


def test_environment_and_folder_are_its_own() -> None:
    environment = {**os.environ, "VITESSCTL_OUTPUT": "json"}

    assert fork("validate", *MINIMAL, environment=environment).stdout.startswith("{")
    assert not fork("validate", *MINIMAL).stdout.startswith("{")
    assert fork("validate", "-i", "minimal", folder=REPOSITORY / "inventories").returncode == 0


def test_one_that_has_no_end_is_killed(tmp_path: Path) -> None:
    """It asks an API server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        cluster = {"server": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        context = {"cluster": "silent", "user": "somebody"}
        kubeconfig = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "silent",
            "clusters": [{"name": "silent", "cluster": cluster}],
            "contexts": [{"name": "silent", "context": context}],
            "users": [{"name": "somebody", "user": {"token": "t"}}],
        }
        (tmp_path / "kubeconfig").write_text(json.dumps(kubeconfig))
        environment = {**os.environ, "KUBECONFIG": str(tmp_path / "kubeconfig")}

        with pytest.raises(subprocess.TimeoutExpired) as late:
            fork("plan", *MINIMAL, environment=environment, timeout=1.0)

        silent.settimeout(10)
        connection, _ = silent.accept()
        with connection:
            while connection.recv(65536):  # until it is gone
                pass

    assert (late.value.stdout, late.value.stderr) == ("", "")


def test_some_run_side_by_side() -> None:
    ends: list[int] = []
    threads = [threading.Thread(target=lambda: ends.append(fork("validate", *MINIMAL).returncode)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ends == [0] * 5


def test_what_it_is_forked_from_ends_with_the_tests() -> None:
    program = """
import os
from pathlib import Path
from tests.support import forked
forked.run(["--version"], os.environ, Path(), 60)
print(forked._source().process.pid)
"""

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=REPOSITORY, timeout=60)

    pid = int(done.stdout)
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return
        threading.Event().wait(0.1)
    raise AssertionError(f"process {pid} still runs")
