"""Ctrl-C: the first ends the run in order, the second leaves at once."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.support.live import REPOSITORY

PROGRAM = """
import threading
from vitessctl.cli import interrupts

def work():
    for _ in range(60):
        threading.Event().wait(1)

interrupts.install()
try:
    print("running", flush=True)
    work()
except KeyboardInterrupt:
    print("giving the lock back", flush=True)
    work()
"""
"""It waits in short pieces, as a run does: Python hears a signal that comes just before a wait only after that wait."""


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_the_second_waits_for_nothing(first: signal.Signals, second: signal.Signals) -> None:
    words = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert heard(process) == "running\n"
        process.send_signal(first)
        assert heard(process) == "giving the lock back\n"
        process.send_signal(second)
        _, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert err == (
        "\ninterrupted again: leaving at once. What runs keeps running; the same command goes on from there.\n"
    )
