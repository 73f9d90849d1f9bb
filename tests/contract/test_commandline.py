"""A command line of vtctlclient without vtctlclient: what is sent, what is shown, how it ends."""

from __future__ import annotations

import io

import pytest

from tests.contract.legacy_replay import Command, legacy_replay
from vitessctl.vtctld.errors import VtctldUnreachableError
from vitessctl.vtctld.legacy.commandline import run_command


def run(command: Command) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with legacy_replay([command]) as server:
        return run_command(server.address, command.words, out, err), out.getvalue(), err.getvalue()


def test_what_it_prints_is_told_from_its_log() -> None:
    command = Command(["ListAllTablets", "test"], "one\ntwo\n", logs=("looking\n", "looked"))

    assert run(command) == (0, "one\ntwo\n", "looking\nlooked\n")


def test_an_error_is_told_as_vtctlclient_tells_it_and_its_code_is_1() -> None:
    command = Command(["GetShard", "nope/0"], fails="node doesn't exist", logs=())

    assert run(command) == (1, "", "GetShard Error: node doesn't exist\n")


def test_what_was_printed_before_the_error_is_shown() -> None:
    command = Command(["ValidateShard", "ks/0"], "half\n", fails="some validation errors", logs=())

    assert run(command) == (1, "half\n", "ValidateShard Error: some validation errors\n")


def test_a_vtctld_that_is_not_there_is_another_error() -> None:
    with pytest.raises(VtctldUnreachableError):
        run_command("127.0.0.1:1", ["GetCellInfoNames"], io.StringIO(), io.StringIO(), seconds=5.0)
