"""Where a cluster runs: what a person said, on the command line or around it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.short import short_folder
from tests.unit.cli.conftest import MINIMAL, Cli
from vitessctl.cli.session import SpecOptions, Where, load_for, other_ways
from vitessctl.errors import UnreachableError, UsageError
from vitessctl.targets.local.account import Account
from vitessctl.targets.local.state import StateFolder

COMMANDS = (["up"], ["plan"], ["status"], ["down"], ["history"], ["connect"], ["logs", "vtgate"])
ME = Account(os.geteuid(), os.getegid())
NOBODY = """
apiVersion: v1
kind: Config
current-context: nobody
clusters: [{name: nobody, cluster: {server: "http://127.0.0.1:9"}}]
contexts: [{name: nobody, context: {cluster: nobody, user: nobody}}]
users: [{name: nobody, user: {}}]
"""
"""Of a server that does not answer: port 9 is discard, which nobody runs."""


@pytest.mark.parametrize(
    ("where", "around", "said"),
    [
        (Where(), {}, ""),
        (Where(local=True), {}, "local"),
        (Where(rehearse=True), {}, "rehearsal"),
        (Where(context="prod"), {}, "kubernetes"),
        (Where(), {"VITESSCTL_TARGET": "kubernetes"}, "kubernetes"),
        (Where(), {"VITESSCTL_TARGET": "local"}, "local"),
        (Where(), {"VITESSCTL_TARGET": "rehearsal"}, "rehearsal"),
        (Where(), {"VITESSCTL_CONTEXT": "prod"}, "kubernetes"),
        # What is nearer wins: an option, then the target, then the context.
        (Where(rehearse=True), {"VITESSCTL_TARGET": "local", "VITESSCTL_CONTEXT": "prod"}, "rehearsal"),
        (Where(context="prod"), {"VITESSCTL_TARGET": "local"}, "kubernetes"),
        (Where(), {"VITESSCTL_TARGET": "local", "VITESSCTL_CONTEXT": "prod"}, "local"),
    ],
)
def test_what_was_said(monkeypatch: pytest.MonkeyPatch, where: Where, around: Mapping[str, str], said: str) -> None:
    surroundings(monkeypatch, around)
    assert where.said == said


def surroundings(monkeypatch: pytest.MonkeyPatch, around: Mapping[str, str]) -> None:
    for name in ("VITESSCTL_TARGET", "VITESSCTL_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in around.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    "where", [Where(local=True, rehearse=True), Where(local=True, context="x"), Where(rehearse=True, context="x")]
)
def test_two_places_exclude_each_other(where: Where) -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        _ = where.said


def test_a_target_that_does_not_exist_is_a_mistake_and_no_bug(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITESSCTL_TARGET", "kubernets")

    result = cli("up", "-i", str(MINIMAL))

    assert result.code == 5
    assert result.err.splitlines() == [
        "VITESSCTL_TARGET is kubernets, which is no target",
        "  fix: set it to one of kubernetes, local, rehearsal",
    ]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_without_a_kubeconfig_every_command_says_so_and_names_the_other_ways(cli: Cli, command: list[str]) -> None:
    result = cli(*command, "-i", str(MINIMAL))

    assert (result.code, result.out) == (5, "")
    assert "no Kubernetes cluster is chosen" in result.err
    assert "--rehearse" in result.err
    assert "--local" in result.err


@pytest.mark.parametrize("command", ["up", "plan"])
def test_a_kubernetes_that_does_not_answer_is_one_error_that_names_the_other_ways(
    cli: Cli, nobody: Path, command: str
) -> None:
    result = cli(command, "-i", str(MINIMAL), "--output", "json")

    assert result.code == 4
    error = json.loads(result.out)
    assert (error["what"], error["where"]) == ("the API server cannot be reached", "http://127.0.0.1:9")
    assert error["fix"].endswith("--rehearse (stand-ins) or --local (real Vitess) use this machine")


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A kubeconfig whose server does not answer."""
    path = tmp_path / "kubeconfig"
    path.write_text(NOBODY)
    monkeypatch.setenv("KUBECONFIG", str(path))
    return path


def test_who_named_kubernetes_is_not_told_of_other_ways() -> None:
    for where, told in ((Where(), True), (Where(context="prod"), False)):
        with pytest.raises(UnreachableError) as raised, other_ways(where):
            raise UnreachableError("no answer", fix="look at the network")
        assert ("--rehearse" in raised.value.fix) is told
        assert raised.value.fix.startswith("look at the network")


@pytest.fixture
def short() -> Iterator[Path]:
    with short_folder() as folder:
        yield folder


@pytest.mark.parametrize(("here", "found"), [("rehearsal", "rehearsal"), ("local", "local"), ("", "kubernetes")])
def test_without_a_word_it_is_the_one_that_is_on_this_machine_else_kubernetes(
    cli: Cli, short: Path, here: str, found: str
) -> None:
    if here:
        StateFolder(short / "state", ME).create("minimal", here)
    where = Where(state_dir=short / "state")

    cluster, name = load_for(SpecOptions(MINIMAL, (), ()), where)

    assert (cluster.name, name) == ("minimal", found)


def test_up_without_a_word_is_kubernetes_whatever_is_on_this_machine(cli: Cli, short: Path) -> None:
    StateFolder(short / "state", ME).create("minimal", "rehearsal")

    _, name = load_for(SpecOptions(MINIMAL, (), ()), Where(state_dir=short / "state"), new=True)

    assert name == "kubernetes"
