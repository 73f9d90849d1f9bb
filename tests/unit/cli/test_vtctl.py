"""`vitessctl vtctl`: which client is run where, with what words, and what becomes of its code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.contract.legacy_replay import Command, LegacyReplay, legacy_replay
from tests.support.kubernetes.fake import FakeApi
from tests.support.live import REPOSITORY
from tests.unit.cli.conftest import MINIMAL, Cli
from tests.unit.cli.reach import about, on_kubernetes, register
from tests.unit.targets.kubernetes.test_podlogs import a_pod
from vitessctl.errors import ExitCode
from vitessctl.targets.base import Address
from vitessctl.targets.kubernetes.faults import StreamFailed
from vitessctl.targets.kubernetes.interface import Executed

OLD = REPOSITORY / "inventories" / "vitess-2.1"


class Pod:
    """A pod of vtctld that notes what is run in it."""

    def __init__(self, api: FakeApi, cluster: str = "minimal", absent: bool = False) -> None:
        self.ran: list[list[str]] = []
        self.name = f"{cluster}-vtctld-0"
        self._absent = absent
        pod = a_pod(self.name, "vtctld", cluster=cluster)
        api.put({**pod, "status": {**pod["status"], "phase": "Running", "podIP": "10.0.0.1"}})
        api.on_execute(self.answer)

    def answer(self, pod: str, container: str, command: Sequence[str]) -> Executed:
        assert (pod, container) == (self.name, "vtctld")
        self.ran.append(list(command))
        if self._absent:
            raise StreamFailed("run it", f"Pod/{pod}", f"stat {command[0]}: no such file or directory")
        return Executed(3, "out\n", "err\n")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> FakeApi:
    return on_kubernetes(monkeypatch)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["--", "GetTablets", "--keyspace", "a"], ["vtctldclient", "GetTablets", "--keyspace", "a"]),
        (["-e", "image=vitess/lite:v12.0.6", "--", "GetKeyspaces"], ["vtctlclient", "GetKeyspaces"]),
        (["--client", "vtctlclient", "--", "GetKeyspaces"], ["vtctlclient", "GetKeyspaces"]),
    ],
)
def test_the_releases_client_is_run_in_vtctlds_container(
    cli: Cli, api: FakeApi, words: list[str], command: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    pod = Pod(api)

    result = about(cli, MINIMAL)("vtctl", *words)

    assert pod.ran == [[f"/vt/bin/{command[0]}", "--server=localhost:15999", *command[1:]]]
    assert (result.code, *capfd.readouterr()) == (3, "out\n", "err\n")


def test_without_a_pod_of_vtctld_it_says_so(cli: Cli, api: FakeApi) -> None:
    result = about(cli, MINIMAL)("vtctl", "--", "GetKeyspaces")

    assert result.code == ExitCode.UNREACHABLE
    assert "no pod of vtctld runs" in result.err


def test_an_image_without_its_client_is_an_error_with_a_way_on(cli: Cli, api: FakeApi) -> None:
    Pod(api, absent=True)

    result = about(cli, MINIMAL)("vtctl", "--", "GetKeyspaces")

    assert result.code == ExitCode.ERROR
    assert "Pod/minimal-vtctld-0: there is no vtctldclient" in result.err
    assert "fix: most of what it does is a command here: status, tablets" in result.err


def served(api: FakeApi, server: LegacyReplay, cluster: str) -> None:
    """Let vtctld's port lead to a stand-in that plays back."""
    host, _, port = server.address.rpartition(":")
    api.forward_to("prod", f"{cluster}-vtctld-0", 15999, Address(host, int(port)))


@pytest.mark.parametrize(
    ("inventory", "more", "ran"),
    [(OLD, [], 0), (MINIMAL, ["-e", "image=vitess/lite:v12.0.6"], 1)],
    ids=["2.1, whose image has none", "12, whose image was to have one"],
)
def test_an_old_release_needs_no_client(cli: Cli, api: FakeApi, inventory: Path, more: list[str], ran: int) -> None:
    cluster = "vitess-2-1" if inventory is OLD else "minimal"
    pod = Pod(api, cluster, absent=True)
    with legacy_replay([Command(["ListAllTablets", "test"], "one\n", logs=("looked",))]) as server:
        served(api, server, cluster)
        result = about(cli, inventory)("vtctl", *more, "--", "ListAllTablets", "test")

    assert (result.code, result.out, result.err) == (0, "one\n", "looked\n")
    assert len(pod.ran) == ran


def test_a_client_that_was_named_is_not_done_without(cli: Cli, api: FakeApi) -> None:
    Pod(api, "vitess-2-1", absent=True)

    result = about(cli, OLD)("vtctl", "--client", "vtctlclient", "--", "GetKeyspaces")

    assert result.code == ExitCode.ERROR
    assert "there is no vtctlclient" in result.err


def test_in_a_rehearsal_the_stand_in_is_run(cli: Cli, capfd: pytest.CaptureFixture[str]) -> None:
    register()

    result = about(cli, MINIMAL)("vtctl", "--rehearse", "--", "Nope")

    assert result.code == 1
    assert result.err.startswith("REHEARSAL: stand-in servers")
    assert "unknown command: Nope" in capfd.readouterr().err


def test_no_words_are_a_mistake(cli: Cli) -> None:
    result = about(cli, MINIMAL)("vtctl", "--rehearse")

    assert result.code == ExitCode.SPEC
    assert "Missing argument 'ARGS" in result.err
