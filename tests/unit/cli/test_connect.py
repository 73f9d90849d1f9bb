"""`vitessctl connect`: the line, the forward, and commands that are run with the way in them."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.support.kubernetes.pipes import Echo
from tests.unit.cli.conftest import MINIMAL, Cli
from tests.unit.cli.reach import Program, about, on_kubernetes, register
from tests.unit.targets.kubernetes.test_podlogs import a_pod
from vitessctl.cli import connect
from vitessctl.cli.connecting import Connection
from vitessctl.errors import ExitCode
from vitessctl.model.cluster import User
from vitessctl.targets.base import Address

WAY = Connection("shop", "local", "zone1", Address("127.0.0.1", 15301), None)
WITH_USER = Connection("shop", "local", "zone1", Address("127.0.0.1", 15301), User("app", "hunter2secret"))
PRINT_ARGUMENTS = [sys.executable, "-c", "import sys; print(*sys.argv[1:])"]


@pytest.fixture
def program(cli: Cli) -> Program:
    return about(cli, MINIMAL)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> FakeApi:
    api = on_kubernetes(monkeypatch)
    api.put(a_pod("minimal-vtgate-a", "vtgate", cluster="minimal", cell="zone1"))
    api.forward_to("prod", "minimal-vtgate-a", 3306, Address("127.0.0.1", 40000))
    monkeypatch.setattr(connect, "LOOK_SECONDS", 0.0)
    return api


# The words


def test_the_line_can_be_typed_and_holds_no_password() -> None:
    assert WAY.line == "mysql -h 127.0.0.1 -P 15301 -u root"
    assert WITH_USER.line == "mysql -h 127.0.0.1 -P 15301 -u app -p"
    assert "hunter2secret" not in json.dumps(WITH_USER.data)


@pytest.mark.parametrize(
    ("words", "placed"),
    [
        (["mysql"], "mysql -h 127.0.0.1 -P 15301 -u app"),
        (["mysqldump", "shop"], "mysqldump -h 127.0.0.1 -P 15301 -u app shop"),
        (["load", "--at={host}:{port}", "{user}"], "load --at=127.0.0.1:15301 app"),
        (["echo", "{port}{port}", "{}"], "echo 1530115301 {}"),
    ],
)
def test_where_the_way_is_put_into_a_command(words: list[str], placed: str) -> None:
    assert " ".join(WITH_USER.placed(words)) == placed


def test_a_command_gets_the_password_where_nobody_else_sees_it() -> None:
    assert WITH_USER.environment({"HOME": "/x"}) == {
        "HOME": "/x",
        "MYSQL_HOST": "127.0.0.1",
        "MYSQL_TCP_PORT": "15301",
        "MYSQL_PWD": "hunter2secret",
    }
    assert WITH_USER.environment({"MYSQL_PWD": "mine"})["MYSQL_PWD"] == "mine"
    assert "MYSQL_PWD" not in WAY.environment({})


# On one machine


@pytest.fixture
def here(program: Program) -> Program:
    register()
    return lambda name, *words: program(name, "--rehearse", *words)


def test_on_one_machine_the_line_is_printed(here: Program) -> None:
    result = here("connect")

    assert (result.code, result.err, result.lines) == (0, "", ["mysql -h 127.0.0.1 -P 15301 -u root"])


def test_as_json(here: Program) -> None:
    assert json.loads(here("connect", "--output", "json").out) == {
        "type": "connection",
        "cluster": "minimal",
        "target": "rehearsal",
        "cell": "zone1",
        "host": "127.0.0.1",
        "port": 15301,
        "user": "root",
        "password": False,
        "pod": "",
        "command": "mysql -h 127.0.0.1 -P 15301 -u root",
    }


def test_a_command_is_run_and_its_code_is_ours(here: Program, capfd: pytest.CaptureFixture[str]) -> None:
    assert here("connect", "--", *PRINT_ARGUMENTS, "{host}", "{port}").code == 0
    assert capfd.readouterr().out == "127.0.0.1 15301\n"

    assert here("connect", "--", "sh", "-c", "exit 7 # {port}").code == 7
    assert here("connect", "--", "sh", "-c", "kill -TERM $$ # {port}").code == 128 + signal.SIGTERM


def test_ctrl_c_is_the_commands_own_affair(here: Program) -> None:
    before = signal.getsignal(signal.SIGINT)
    script = "import os, signal; os.kill(os.getppid(), signal.SIGINT); raise SystemExit(3) # {port}"

    assert here("connect", "--", sys.executable, "-c", script).code == 3
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--cell", "zone9"], ExitCode.SPEC, "there is no cell zone9"),
        (["--print", "--", "mysql"], ExitCode.SPEC, "--print and a command exclude each other"),
        (["--port", "70000"], ExitCode.SPEC, "65535"),
        (["--", "no-such-program"], ExitCode.ERROR, "no-such-program cannot be run"),
    ],
)
def test_what_is_wrong(here: Program, words: list[str], code: ExitCode, said: str) -> None:
    result = here("connect", *words)

    assert result.code == code
    assert said in result.err


# On Kubernetes


def until_ctrl_c(monkeypatch: pytest.MonkeyPatch, api: FakeApi, *steps: Callable[[], object]) -> None:
    """Each look at the pod is one step; after the last one the person presses Ctrl-C."""
    left, get = list(steps), api.get

    def look(*place: str) -> object:
        if not left:
            os.kill(os.getpid(), signal.SIGINT)
            raise AssertionError("the signal came too late")
        left.pop(0)()
        return get(*place)  # type: ignore[arg-type]

    monkeypatch.setattr(api, "get", look)


def test_a_forward_stays_until_ctrl_c(program: Program, api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    until_ctrl_c(monkeypatch, api, lambda: None, lambda: None)

    result = program("connect")

    (line,) = result.lines
    port = line.split()[4]
    assert (result.code, line) == (0, f"mysql -h 127.0.0.1 -P {port} -u root")
    assert result.err == f"127.0.0.1:{port} leads to minimal-vtgate-a until Ctrl-C\n"


def test_when_the_pod_goes_it_says_where_it_leads_now(
    program: Program, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another_takes_its_place() -> None:
        api.put(a_pod("minimal-vtgate-a", "vtgate", cluster="minimal", cell="zone1", ready=False))
        api.put(a_pod("minimal-vtgate-b", "vtgate", cluster="minimal", cell="zone1"))
        api.forward_to("prod", "minimal-vtgate-b", 3306, Address("127.0.0.1", 40000))

    until_ctrl_c(monkeypatch, api, another_takes_its_place)

    result = program("connect", "--output", "json")

    assert [json.loads(line)["pod"] for line in result.lines] == ["minimal-vtgate-a", "minimal-vtgate-b"]
    assert result.err == ""


ASK = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10) as vtgate:
    vtgate.sendall(b"select 1")
    open(sys.argv[2], "wb").write(vtgate.recv(100))
sys.exit(4)
"""


def test_a_command_runs_while_the_port_is_open(program: Program, api: FakeApi, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    with Echo(b"vtgate: ") as vtgate:
        api.forward_to("prod", "minimal-vtgate-a", 3306, vtgate.address)

        assert program("connect", "--", sys.executable, "-c", ASK, "{port}", str(heard)).code == 4

    assert heard.read_bytes() == b"vtgate: select 1"
    assert [str(request) for request in api.requests if request.verb == "forward"] == ["forward Pod/minimal-vtgate-a"]


@pytest.mark.parametrize(("in_cluster", "words"), [(False, ["--print"]), (True, [])])
def test_where_the_servers_are_the_service_is_the_way(
    program: Program, api: FakeApi, in_cluster: bool, words: list[str]
) -> None:
    api.in_cluster = in_cluster

    result = program("connect", *words)

    assert result.lines == ["mysql -h minimal-vtgate-zone1.prod -P 3306 -u root"]
    assert api.requests == []


def test_without_a_vtgate_it_says_so(program: Program, api: FakeApi) -> None:
    api.put(a_pod("minimal-vtgate-a", "vtgate", cluster="minimal", cell="zone1", ready=False))

    result = program("connect")

    assert result.code == ExitCode.NOT_READY
    assert "minimal has no pod of vtgate in zone1 that is ready" in result.err
