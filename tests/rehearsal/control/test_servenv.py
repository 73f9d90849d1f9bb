"""The common parts, each by itself: pages, log lines, waiting times."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.rehearsal.control.programs import page
from vitessctl.rehearsal.servenv import times
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.servenv.pages import Vars, redirect, register
from vitessctl.rehearsal.servenv.process import Signals
from vitessctl.rehearsal.servenv.web import Page, Web
from vitessctl.run.http import date_of, get
from vitessctl.targets.base import Address


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    server.listen("127.0.0.1", 0)
    yield server
    server.close()


def test_a_page(web: Web) -> None:
    web.pages["/hello"] = lambda: Page("hé\n", 500)

    assert page(web.address[1], "/hello?x=1") == (500, "hé\n")
    assert page(web.address[1], "/other") == (404, "404 page not found\n")


def test_a_page_says_what_the_time_is(web: Web) -> None:
    said = date_of(get(Address(*web.address), "/nowhere").date)

    assert said is not None
    assert abs(said - time.time()) < 2


def test_a_redirect_names_its_target(web: Web) -> None:
    web.pages["/healthz"] = lambda: redirect("/debug/status")

    found = page(web.address[1], "/healthz")

    assert found is not None
    assert found[0] == 302


def test_a_page_with_a_slash_at_its_end_answers_for_what_is_below(web: Web) -> None:
    web.pages["/api/keyspaces/"] = lambda: Page("some")
    web.pages["/"] = lambda: Page("root")

    assert page(web.address[1], "/api/keyspaces/ks") == (200, "some")
    assert page(web.address[1], "/") == (200, "root")
    assert page(web.address[1], "/nothing") == (404, "404 page not found\n")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [(b"POST / HTTP/1.1\r\n\r\n", b"405"), (b"HEAD / HTTP/1.0\r\n\r\n", b"404"), (b"\x00\xff\r\n\r\n", b"")],
)
def test_other_requests(web: Web, request_bytes: bytes, status: bytes) -> None:
    with socket.create_connection(web.address, timeout=5) as connection:
        connection.sendall(request_bytes)
        answer = connection.makefile("rb").read()

    assert answer[9:12] == status


def test_a_taken_port_is_named_in_gos_words(web: Web) -> None:
    port = web.address[1]

    with pytest.raises(StartError) as caught:
        Web().listen("127.0.0.1", port)

    assert caught.value.text == f"listen tcp 127.0.0.1:{port}: bind: address already in use"


def test_the_common_pages(web: Web) -> None:
    variables = Vars("vtorc", "24.0.0-REHEARSAL", ["vtorc", "--port", "1"])
    variables["DetectedProblems"] = lambda: {"DeadPrimary.zone1-0000000100.ks.0": 1}
    variables["DiscoveriesFail"] = 3
    register(web, variables, lambda: "Release <24>.")
    port = web.address[1]

    shown = json.loads((page(port, "/debug/vars") or (0, ""))[1])
    metrics = (page(port, "/metrics") or (0, ""))[1].splitlines()
    status = (page(port, "/debug/status") or (0, ""))[1]

    assert shown["cmdline"] == ["vtorc", "--port", "1"]
    assert shown["BuildVersion"] == "24.0.0-REHEARSAL"
    assert shown["Uptime"] > 0
    assert 'vtorc_detected_problems{name="DeadPrimary.zone1-0000000100.ks.0"} 1' in metrics
    assert "vtorc_discoveries_fail 3" in metrics
    assert "REHEARSAL" in status
    assert "Release &lt;24>." in status
    assert page(port, "/debug/liveness") == (200, "")


def test_a_log_line_is_what_24_writes(capsys: pytest.CaptureFixture[str]) -> None:
    Log("vtctld").warning('two\nlines and a "quote"')

    line = capsys.readouterr().err
    assert line.count("\n") == 1
    found = json.loads(line)
    assert list(found) == ["time", "level", "source", "msg"]
    assert (found["level"], found["msg"]) == ("WARN", 'two\nlines and a "quote"')
    assert len(found["time"]) == len("2026-11-22T21:52:04.957505413Z")


def test_signals_can_be_waited_for_and_stopped_by_hand() -> None:
    signals = Signals()
    threading.Timer(0.05, signals.stop).start()

    signals.wait()


def test_fast_times_are_never_longer_than_the_real_ones() -> None:
    assert all(fast <= real for real, fast in times.TIMES.values())


@pytest.mark.parametrize("column", [0, 1], ids=["real", "fast"])
def test_what_comes_first_comes_first_at_both_speeds(column: int) -> None:
    """A primary that lost its data is replaced before a fresh MySQL stands in its place; locks outlive the waiting."""
    found = {name: values[column] for name, values in times.TIMES.items()}

    assert found["mysqld_init"] > found["vtorc_detection"] + 2 * found["vtorc_poll"]
    assert found["lease_ttl"] > found["remote_operation"]
    assert found["lock_wait"] > found["wait_replicas"]
    assert found["vtorc_tablet_call"] < found["remote_operation"]


def test_times_are_chosen_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITESSCTL_REHEARSAL_TIMES", "real")
    assert (times.seconds("topo_open"), times.asked(30.0)) == (5.0, 30.0)

    monkeypatch.delenv("VITESSCTL_REHEARSAL_TIMES")
    assert times.seconds("topo_open") < 5.0
    assert 0.5 <= times.asked(30.0) < 30.0
    assert times.asked(0.1) == 0.1
