"""From what supervisord reports to what a person is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.local.support import Sandbox, a_cluster, program, tablets, wait_for
from vitessctl.targets.base import ComponentStatus, State, Verdict
from vitessctl.targets.local import verdicts
from vitessctl.targets.local.programs import Started
from vitessctl.targets.local.rpc import ProcessReport, _report

CASES = yaml.safe_load((Path(__file__).parent / "cases/verdicts.yaml").read_text())
RUNNING = ProcessReport("vtgate", "RUNNING", 12, start=100.0, stop=0.0, now=130.0, deaths=0, failures=0, last_end="")
STARTED = Started("vtgate-zone1", "f", "vtgate", "zone1", "vtgate", 10.0)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["case"]))
def test_verdict(case: dict[str, Any]) -> None:
    report = None if case["report"] is None else replace(RUNNING, **case["report"])
    told = case.get("diagnosis")
    asked: list[Sequence[str]] = []

    def diagnose(lines: Sequence[str]) -> Verdict | None:
        asked.append(lines)
        return Verdict(State(told["state"]), told["reason"], told.get("fix", "")) if told else None

    verdict = verdicts.verdict_of(report, lambda: case.get("log", ()), diagnose)

    expected = case["verdict"]
    assert verdict == Verdict(
        State(expected["state"]), expected["reason"], expected.get("fix", ""), tuple(expected.get("evidence", ()))
    )
    if verdict.ready:
        assert asked == [], "old lines prove nothing about a program that works"


class TestStatus:
    def test_a_running_program(self) -> None:
        assert verdicts.status_of(STARTED, replace(RUNNING, deaths=2, last_end="exit status 1")) == ComponentStatus(
            "Program/vtgate-zone1", "vtgate", "zone1", "RUNNING", True, pid=12, restarts=2, since=30.0
        )

    def test_one_that_failed(self) -> None:
        report = replace(RUNNING, state="BACKOFF", pid=0, stop=125.0, deaths=3, last_end="exit status 1")
        assert verdicts.status_of(STARTED, report) == ComponentStatus(
            "Program/vtgate-zone1", "vtgate", "zone1", "BACKOFF", False, restarts=3, since=5.0, detail="exit status 1"
        )

    def test_one_that_never_ran(self) -> None:
        report = replace(RUNNING, state="STOPPED", pid=0, start=0.0)
        assert verdicts.status_of(STARTED, report).since == 0.0

    def test_without_supervisord(self) -> None:
        status = verdicts.status_of(STARTED, None)
        assert (status.state, status.running, status.pid) == ("STOPPED", False, 0)

    def test_a_clock_that_was_set_back_gives_no_negative_time(self) -> None:
        assert verdicts.status_of(STARTED, replace(RUNNING, start=200.0)).since == 0.0


def test_a_report_of_another_version_of_supervisord(sandbox: Sandbox) -> None:
    found = _report({"name": "vtgate", "state": "RUNNING", "pid": 3, "news": "what this version does not know"})
    assert found == ProcessReport("vtgate", "RUNNING", 3, 0.0, 0.0, 0.0, 0, 0, "")


class TestLive:
    """The same with real programs, real logs and the real diagnosis."""

    def test_an_unknown_flag_is_named(self, sandbox: Sandbox) -> None:
        line = "echo unknown flag: --no-such-flag >&2; exit 1"
        document = program("vtgate-zone1", f"sh -c '{line}'", component="vtgate", subject="zone1")
        target = sandbox.target()
        target.apply([document])

        wait_for("two failures", lambda: target.verdict(document).state is State.DOOMED)

        verdict = target.verdict(document)
        assert "--no-such-flag" in verdict.reason
        assert verdict.fix
        assert verdict.evidence == ("unknown flag: --no-such-flag",)

    def test_lines_of_an_earlier_life_are_not_held_against_it(self, sandbox: Sandbox) -> None:
        target = sandbox.target()
        old = program("vtgate-zone1", "sh -c 'echo unknown flag: --no-such-flag >&2; exit 1'", component="vtgate")
        target.apply([old])
        wait_for("doomed", lambda: target.verdict(old).state is State.DOOMED)

        new = program("vtgate-zone1", "sh -c 'exit 1'", component="vtgate")
        target.apply([new])

        wait_for("three failures", lambda: sandbox.component("vtgate-zone1").restarts >= 3)
        assert target.verdict(new).state is State.WAITING

    def test_logs_of_a_component(self, sandbox: Sandbox) -> None:
        target = sandbox.target()
        for cell in ("zone1", "zone2"):
            command = f"sh -c 'seq 1 5; echo {cell}; exec sleep 1000'"
            target.apply([program(f"vtgate-{cell}", command, component="vtgate", subject=cell)])
        wait_for(
            "both", lambda: sandbox.log("vtgate-zone1").endswith("zone1\n") and "zone2" in sandbox.log("vtgate-zone2")
        )

        assert target.logs("vtgate", "zone2", 3) == ("4", "5", "zone2")
        assert target.logs("vtgate", "zone1", 1) == ("zone1",)
        assert target.logs("vtgate", "zone3", 3) == ()

    def test_a_file_is_there_once_it_is_applied(self, sandbox: Sandbox) -> None:
        from tests.local.support import file

        assert sandbox.target().verdict(file("config/my.cnf", "")).state is State.READY


class TestSocket:
    def test_no_socket_yet(self, sandbox: Sandbox) -> None:
        (tablet,) = tablets(100)
        assert sandbox.target().socket_ready(tablet) == Verdict.waiting("MySQL is being initialised")

    def test_a_socket_that_was_left_behind(self, sandbox: Sandbox) -> None:
        import socket

        (tablet,) = tablets(100)
        sandbox.target().state.create("shop", "local")
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(sandbox.state / "run/mysqlctl-0000000100.sock"))

        verdict = sandbox.target().socket_ready(tablet)

        assert verdict == Verdict.waiting("its mysqlctld does not answer yet: Connection refused")

    def test_somebody_listens(self, sandbox: Sandbox) -> None:
        import socket

        (tablet,) = tablets(4200000100)
        sandbox.target().state.create("shop", "local")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(sandbox.state / "run/mysqlctl-4200000100.sock"))
            server.listen()

            assert sandbox.target().socket_ready(tablet) == Verdict.done()

        assert (sandbox.state / "run/vt_4200000100.done").exists(), "rows may be in it from now on"


class TestAddresses:
    @pytest.mark.parametrize(
        ("component", "subject", "port", "address"),
        [
            ("etcd", "etcd-0", "grpc", "127.0.0.1:20010"),
            ("etcd", "etcd-2", "client", "127.0.0.1:20016"),
            ("etcd", "etcd-1", "peer", "127.0.0.1:20014"),
            ("etcd", "etcd-1", "http", "127.0.0.1:20015"),
            ("etcd", "etcd-0", "metrics", "127.0.0.1:20012"),
            ("vtctld", "", "http", "127.0.0.1:20000"),
            ("vtctld", "", "grpc", "127.0.0.1:20001"),
            ("vtgate", "zone1", "mysql", "127.0.0.1:20301"),
            ("vtgate", "zone2", "grpc", "127.0.0.1:20202"),
            ("vtorc", "zone1", "http", "127.0.0.1:20401"),
            ("vttablet", "zone1-0000000100", "http", "127.0.0.1:20800"),
            ("vttablet", "zone1-0000000101", "grpc", "127.0.0.1:20804"),
            ("mysqlctld", "zone1-0000000100", "mysql", "127.0.0.1:20802"),
            ("mysqld", "zone1-0000000100", "mysql", "127.0.0.1:20802"),
        ],
    )
    def test_address(self, sandbox: Sandbox, component: str, subject: str, port: str, address: str) -> None:
        assert str(sandbox.target(a_cluster(20000)).address(component, subject, port)) == address

    @pytest.mark.parametrize(("component", "port"), [("vtorc", "mysql"), ("vtadmin", "http"), ("vtctld", "")])
    def test_a_port_that_there_is_not(self, sandbox: Sandbox, component: str, port: str) -> None:
        from vitessctl.targets.local.faults import LocalError

        with pytest.raises(LocalError, match=f"{component} has no {port} port on one machine"):
            sandbox.target().address(component, "zone1", port)

    def test_tablets_differ_by_port_not_by_host(self, sandbox: Sandbox) -> None:
        assert {sandbox.target().tablet_hostname(tablet) for tablet in tablets(100, 101)} == {"127.0.0.1"}
