"""Section by section what stops the real servers from starting stops the stand-ins, with the same words and codes."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rehearsal.control.programs import EtcdMember, free_port, run_to_end, topo_flags
from vitessctl.rehearsal import launch

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "start_failures.yaml").read_text())


@pytest.fixture
def words(etcd: EtcdMember, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What the placeholders of the cases stand for."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield {
            "etcd": etcd.client,
            "dead": str(free_port()),
            "taken": str(taken.getsockname()[1]),
            "folder": str(tmp_path / "data"),
        }


def arguments_of(case: dict[str, Any], words: dict[str, str]) -> list[str]:
    found: list[str] = []
    for argument in case["arguments"]:
        if isinstance(argument, dict):
            found += topo_flags(argument["topo"].format(**words))
        else:
            found += [one.format(**words) for one in ([argument] if isinstance(argument, str) else argument)]
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_refuses_as_the_real_one_does(
    case: dict[str, Any],
    words: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("VITESSCTL_RELEASE", case.get("release", "24"))
    monkeypatch.setenv("VITESSCTL_REHEARSAL_ROOT", "1")

    code = launch.main([case["program"], *arguments_of(case, words)])

    lines = capsys.readouterr().err.strip().splitlines()
    assert code == case["code"]
    if "first" in case:
        assert lines[0] == case["first"]
    if "message" in case:
        logged = json.loads(lines[-1])
        assert logged["msg"] == case["message"].format(**words)
        assert logged.get("error") == (case["error"].format(**words) if "error" in case else None)


def test_underscores_are_accepted_with_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    launch.main(["vtctld", "--topo_implementation", "etcd2", "--log_dir", "/tmp"])

    assert (
        "Flag --topo_implementation has been deprecated, use --topo-implementation instead"
        in (capsys.readouterr().err.splitlines()[0])
    )


@pytest.mark.parametrize("program", ["vtctld", "vtorc"])
def test_refuses_root(program: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("VITESSCTL_REHEARSAL_ROOT", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 0)

    code = launch.main([program, "--port", "1"])

    assert code == 1
    assert json.loads(capsys.readouterr().err.splitlines()[-1])["msg"] == (
        "servenv.Init: running this as root makes no sense"
    )


def test_log_lines_before_release_24_are_glogs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VITESSCTL_RELEASE", "23")

    launch.main(["vtctld", "--no-such-flag"])

    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("E")
    assert last.endswith("] unknown flag: --no-such-flag")


def test_a_program_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert launch.main(["vtworker"]) == 2
    assert capsys.readouterr().err.startswith("usage: python -m vitessctl.rehearsal {etcd|vtctld|")


def test_the_whole_way_from_the_command_line() -> None:
    ended = run_to_end("vtctld", "--no-such-flag")

    assert ended.code == 1
    assert ended.last_message == "unknown flag: --no-such-flag"
