"""The pages of etcd, vtctld and vtorc while they run, asked as a probe or a person asks them."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rehearsal.control.programs import (
    Programs,
    Running,
    eventually,
    free_port,
    page,
    programs,
    start_etcd,
    topo_flags,
)

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "pages.yaml").read_text())


class Servers:
    """One of each; `ports` are those of HTTP."""

    def __init__(self, started: Programs) -> None:
        etcd = start_etcd(started)
        self.ports = {"etcd": etcd.metrics, "vtctld": free_port(), "vtorc": free_port()}
        self.running: dict[str, Running] = {"etcd": etcd.running}
        for program in ("vtctld", "vtorc"):
            self.running[program] = started.start(
                program,
                *topo_flags(etcd.client),
                *("--bind-address", "127.0.0.1", "--port", str(self.ports[program])),
            )
        for program, path in (("etcd", "/health"), ("vtctld", "/debug/health"), ("vtorc", "/debug/health")):
            eventually(lambda program=program, path=path: self.get(program, path)[0] == 200, f"{program} is healthy")

    def get(self, program: str, path: str) -> tuple[int, str]:
        return page(self.ports[program], path) or (0, "")


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with programs() as started:
        yield Servers(started)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['program']} {case['path']}")
def test_a_page(servers: Servers, case: dict[str, Any]) -> None:
    status, body = servers.get(case["program"], case["path"])

    assert status == case["status"]
    if "body" in case:
        assert body == case["body"]
    else:
        assert case["part"] in body


@pytest.mark.parametrize("program", ["vtctld", "vtorc"])
def test_the_command_line_is_among_the_variables(servers: Servers, program: str) -> None:
    shown = json.loads(servers.get(program, "/debug/vars")[1])

    assert shown["cmdline"][0] == program
    assert str(servers.ports[program]) in shown["cmdline"]
    assert shown["Rehearsal"] == 1


@pytest.mark.parametrize("program", ["etcd", "vtctld", "vtorc"])
def test_the_log_says_that_it_is_a_rehearsal(servers: Servers, program: str) -> None:
    lines = servers.running[program].logged().splitlines()

    assert any("REHEARSAL" in json.loads(line)["msg"] for line in lines)


def test_many_ask_at_once(servers: Servers) -> None:
    answers: list[tuple[int, str]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(servers.get("vtctld", "/debug/liveness"))) for _ in range(40)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [(200, "")] * 40


def test_who_connects_and_says_nothing_disturbs_nobody(servers: Servers) -> None:
    with socket.create_connection(("127.0.0.1", servers.ports["vtctld"])):
        assert servers.get("vtctld", "/debug/liveness") == (200, "")


def test_who_hangs_up_in_the_middle_disturbs_nobody(servers: Servers) -> None:
    for rubbish in (b"GET", b"GET / HTTP/1.1\r\nHost:", b"\r\n\r\n", b"\x16\x03\x01\x02\x00"):
        with socket.create_connection(("127.0.0.1", servers.ports["vtctld"])) as connection:
            connection.sendall(rubbish)

    assert servers.get("vtctld", "/debug/liveness") == (200, "")
    assert "Traceback" not in servers.running["vtctld"].logged()
