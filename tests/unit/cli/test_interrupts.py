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
"""Python hears a signal that comes just before a wait only after that wait, so these waits are short."""

SLEEPING = """
import signal, threading, time
from vitessctl.cli import interrupts

def take():
    time.sleep(0.5)
    {sent}
    time.sleep(60)

interrupts.install()
threading.Thread(target=take, daemon=True).start()
try:
    threading.Event().wait()
except KeyboardInterrupt:
    print("heard")
"""
"""Its main thread waits without an end, as a run waits for its stages."""


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


@pytest.mark.parametrize(
    "sent",
    [
        "signal.pthread_kill(threading.get_ident(), signal.SIGINT)",
        "signal.pthread_kill(threading.get_ident(), signal.SIGTERM)",
        "signal.raise_signal(signal.SIGINT)",
    ],
    ids=["Ctrl-C", "SIGTERM", "raised"],
)
def test_it_is_heard_whichever_thread_the_kernel_gives_it_to(sent: str) -> None:
    words = [sys.executable, "-c", SLEEPING.format(sent=sent)]

    done = subprocess.run(words, capture_output=True, text=True, cwd=REPOSITORY, timeout=30, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "heard\n", "")


def test_one_thread_watches_however_often_it_is_installed() -> None:
    program = """
import threading
from vitessctl.cli import interrupts
for _ in range(3):
    interrupts.install()
print([each.name for each in threading.enumerate()])
"""

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=REPOSITORY, check=True)

    assert done.stdout == "['MainThread', 'signals']\n"
