"""`vitessctl history`, on Kubernetes and on one machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.support.short import short_folder
from tests.support.wall import Wall
from tests.unit.cli.conftest import MINIMAL, Cli
from tests.unit.cli.reach import about, on_kubernetes, register
from vitessctl.run.author import Author
from vitessctl.run.events import DocumentApplied
from vitessctl.targets.base import Change, Operation
from vitessctl.targets.kubernetes.lease import lease
from vitessctl.targets.kubernetes.record import Intent
from vitessctl.targets.kubernetes.recorder import Recorder, Run
from vitessctl.targets.local.account import caller
from vitessctl.targets.local.history import remembering
from vitessctl.targets.local.state import StateFolder

CHANGED = DocumentApplied(0.0, Change(Operation.CREATE, "Service/x", "etcd", "etcd"))
HEADER = ["when", "(UTC)", "who", "command", "result", "changes", "took"]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> FakeApi:
    return on_kubernetes(monkeypatch)


def a_run(api: FakeApi, run: str) -> Recorder:
    return Recorder(api, "prod", "minimal", Intent("", "", ""), Run(run, "up", "anna@laptop", ""), now=Wall())


def test_on_kubernetes_the_record_is_shown(cli: Cli, api: FakeApi) -> None:
    with a_run(api, "a1") as recorder:
        recorder(CHANGED)
    before = len(api.writes)

    result = about(cli, MINIMAL)("history")

    assert (result.code, result.err) == (0, "")
    assert [line.split() for line in result.lines] == [
        HEADER,
        ["2026-11-26", "12:00:00", "anna@laptop", "up", "done", "1", "created", "0", "s"],
    ]
    assert len(api.writes) == before


@pytest.mark.parametrize(("holder", "state"), [("a1", "running"), ("b2", "did not end"), ("", "did not end")])
def test_an_open_run_goes_on_if_it_holds_the_lock(cli: Cli, api: FakeApi, holder: str, state: str) -> None:
    a_run(api, "a1").__enter__()

    def shown() -> Any:
        return json.loads(about(cli, MINIMAL)("history", "--output", "json").out)["runs"][0]["result"]

    if not holder:
        assert shown() == state
        return
    with lease(api, "minimal", "prod", "up", author=Author(holder, "anna@laptop")):
        assert shown() == state


@pytest.fixture
def folder() -> Iterator[Path]:
    with short_folder() as path:
        yield path / "s"


def test_on_one_machine_it_is_in_the_state_folder(cli: Cli, folder: Path) -> None:
    register()
    state = StateFolder(folder, caller())
    state.create("minimal", "rehearsal")
    with remembering(state, "up", author=Author("a1", "anna@laptop"), now=Wall()) as listener:
        listener(CHANGED)

    result = about(cli, MINIMAL)("history", "--rehearse", "--state-dir", str(folder), "--output", "json")

    data = json.loads(result.out)
    assert (data["cluster"], data["target"]) == ("minimal", "rehearsal")
    assert [(run["who"], run["result"], run["changes"]) for run in data["runs"]] == [
        ("anna@laptop", "done", {"create": 1})
    ]


def test_without_any_run_it_says_so(cli: Cli, api: FakeApi) -> None:
    result = about(cli, MINIMAL)("history")

    assert (result.code, result.lines) == (0, ["No run has changed this cluster yet, or nothing is remembered of it."])
