"""`vitessctl logs`, on Kubernetes and on one machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.support.short import short_folder
from tests.unit.cli.conftest import MINIMAL, Cli
from tests.unit.cli.reach import Program, about, on_kubernetes, register
from tests.unit.targets.kubernetes.test_podlogs import a_pod
from vitessctl.errors import ExitCode
from vitessctl.targets.local.account import caller
from vitessctl.targets.local.state import StateFolder


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> FakeApi:
    api = on_kubernetes(monkeypatch)
    for name in ("a", "b"):
        api.put(a_pod(f"minimal-vtgate-{name}", "vtgate", cluster="minimal", cell="zone1"))
        api.write_log("prod", f"minimal-vtgate-{name}", "vtgate", "one", f"two of {name}")
    api.put(a_pod("minimal-vttablet-0", "vttablet", cluster="minimal", tablet_alias="zone1-0000000100"))
    api.write_log("prod", "minimal-vttablet-0", "vttablet", "tablet server is up")
    api.write_log("prod", "minimal-vttablet-0", "mysqld", "ready for connections")
    api.write_log("prod", "minimal-vttablet-0", "mysqld", "out of memory", previous=True)
    return api


@pytest.fixture
def program(cli: Cli) -> Program:
    return about(cli, MINIMAL)


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["vtgate", "-n", "1"], ["minimal-vtgate-a: two of a", "minimal-vtgate-b: two of b"]),
        (["zone1-100"], ["tablet server is up"]),
        (["zone1-0000000100", "--container", "mysqld"], ["ready for connections"]),
        (["mysqld/zone1-100", "--previous"], ["out of memory"]),
        (["mysqld", "-f"], ["ready for connections"]),
    ],
)
def test_on_kubernetes(program: Program, api: FakeApi, words: list[str], lines: list[str]) -> None:
    result = program("logs", *words)

    assert (result.code, result.err, result.lines) == (0, "", lines)
    assert api.writes == []


def test_several_are_followed_at_once(program: Program, api: FakeApi) -> None:
    result = program("logs", "vtgate/zone1", "-f", "-n", "1")

    assert sorted(result.lines) == ["minimal-vtgate-a: two of a", "minimal-vtgate-b: two of b"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["vtgat"], ExitCode.SPEC, "vtgat is no component and no tablet of this cluster"),
        (["vtorc"], ExitCode.NOT_READY, "minimal has no pod of vtorc"),
        (["vtgate", "-f", "--previous"], ExitCode.SPEC, "--follow and --previous exclude each other"),
    ],
)
def test_what_cannot_be_shown(program: Program, api: FakeApi, words: list[str], code: ExitCode, said: str) -> None:
    result = program("logs", *words)

    assert (result.code, result.out) == (code, "")
    assert said in result.err


@pytest.fixture
def state() -> Iterator[StateFolder]:
    """A rehearsal in which a vtgate was started."""
    register()
    with short_folder() as path:
        yield started(path / "s")


def started(path: Path) -> StateFolder:
    folder = StateFolder(path, caller())
    folder.create("minimal", "rehearsal")
    record = {"program": "vtgate-zone1", "fingerprint": "", "component": "vtgate", "subject": "zone1", "stage": ""}
    folder.write("vtgate-zone1.program.conf", "")
    folder.write("run/vtgate-zone1.started", json.dumps({**record, "stop_wait": 1.0}))
    folder.write("log/vtgate-zone1.log", "one\ntwo\n")
    return folder


def test_on_one_machine(program: Program, state: StateFolder) -> None:
    result = program("logs", "vtgate", "-n", "1", "--rehearse", "--state-dir", str(state.path))

    assert (result.code, result.lines) == (0, ["two"])


@pytest.mark.parametrize("words", [["--previous"], ["--container", "proxy"]])
def test_one_machine_has_no_containers(program: Program, state: StateFolder, words: list[str]) -> None:
    result = program("logs", "vtgate", "--rehearse", "--state-dir", str(state.path), *words)

    assert result.code == ExitCode.SPEC
    assert f"{' '.join(words)} is for Kubernetes" in result.err
