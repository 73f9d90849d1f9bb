"""What dies comes back, at once and then with growing pauses; what cannot start is given up and says why."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from tests.local.support import Sandbox, program, wait_for
from vitessctl.targets.base import State

SOON = 2.0
"""Seconds within which a killed program has to be back."""


def kill(sandbox: Sandbox, name: str) -> float:
    """kill -9 a program; gives the seconds until it is back."""
    pid = sandbox.pid(name)
    os.kill(pid, signal.SIGKILL)
    begun = time.monotonic()
    wait_for(f"{name} back", lambda: sandbox.pid(name) not in (0, pid))
    return time.monotonic() - begun


def test_a_killed_program_is_back_within_two_seconds(sandbox: Sandbox) -> None:
    sandbox.apply(program("vtctld"), program("etcd-0"))
    etcd = sandbox.pid("etcd-0")

    assert kill(sandbox, "vtctld") < SOON
    assert kill(sandbox, "vtctld") < SOON

    status = sandbox.component("vtctld")
    assert (status.running, status.restarts) == (True, 2)
    assert sandbox.pid("etcd-0") == etcd


def test_a_program_that_ends_well_is_started_again_too(sandbox: Sandbox) -> None:
    """mysqlctld exits 0 when its mysqld dies."""
    sandbox.apply(program("mysqlctld", "sh -c 'sleep 0.3; exit 0'", startsecs=0))

    wait_for("a second life", lambda: sandbox.component("mysqlctld").restarts >= 2)


def test_the_pauses_between_starts_grow(sandbox: Sandbox) -> None:
    command = "sh -c 'date +%%s.%%N; exit 7'"
    sandbox.apply(program("vtgate", command))

    wait_for("five starts", lambda: sandbox.log("vtgate").count("\n") >= 5, seconds=20)

    starts = [float(line) for line in sandbox.log("vtgate").split()]
    pauses = [later - earlier for earlier, later in pairwise(starts[:5])]
    for pause, least in zip(pauses, [0.5, 1.0, 2.0, 3.0], strict=True):
        assert least - 0.05 <= pause < least + 1.5


def test_one_that_counts_as_up_and_then_dies_again_and_again_is_slowed_down_too(sandbox: Sandbox) -> None:
    """Plain supervisord would start it again at once, for ever."""
    sandbox.apply(program("vttablet", "sh -c 'date +%%s.%%N; sleep 0.05; exit 1'", startsecs=0))

    wait_for("four starts", lambda: sandbox.log("vttablet").count("\n") >= 4, seconds=20)

    starts = [float(line) for line in sandbox.log("vttablet").split()]
    pauses = [later - earlier for earlier, later in pairwise(starts[:4])]
    assert pauses[0] < 0.5, "the first time at once"
    assert pauses[1] >= 0.5
    assert pauses[2] >= 1.0


def test_too_many_failures_are_the_end(sandbox: Sandbox) -> None:
    document = program("vtgate", "sh -c 'echo cannot read the file; exit 3'", startretries=1)
    sandbox.apply(document)

    wait_for("FATAL", lambda: sandbox.component("vtgate").state == "FATAL")

    verdict = sandbox.target().verdict(document)
    assert verdict.state is State.DOOMED
    assert verdict.reason == "it failed at every start: exit status 3"
    assert verdict.evidence == ("cannot read the file", "cannot read the file")
    assert sandbox.component("vtgate").detail == "exit status 3"


def test_how_a_program_ended_is_told(sandbox: Sandbox) -> None:
    sandbox.apply(program("vtgate", "sh -c 'kill -ABRT $$'"))

    wait_for("an end", lambda: sandbox.component("vtgate").restarts)

    assert wait_for("its pause", lambda: sandbox.component("vtgate").detail).startswith("terminated by SIGABRT")


def test_a_stop_is_noticed_at_once(sandbox: Sandbox) -> None:
    """Not at supervisord's next look, which plain supervisord takes once a second."""
    target = sandbox.target()
    document = program("vtctld", "sh -c 'exec 1>&- 2>&-; exec sleep 1000'")
    seconds = []
    for _ in range(3):
        target.apply([document])
        sandbox.settled()
        begun = time.monotonic()
        target.stop([document])
        seconds.append(time.monotonic() - begun)

    assert min(seconds) < 0.8, seconds


def test_supervisord_sleeps_when_nothing_happens(sandbox: Sandbox) -> None:
    ended = program("once", "sh -c 'sleep 1.5'", autorestart="unexpected")
    sandbox.apply(program("vtctld"), program("etcd-0"), ended)
    wait_for("up", lambda: sandbox.component("vtctld").state == "RUNNING")
    wait_for("ended for good", lambda: sandbox.component("once").state == "EXITED")
    daemon = sandbox.supervisord().pid

    before = processor_seconds(daemon)
    time.sleep(2)  # what is measured is what happens in this time: nothing

    assert processor_seconds(daemon) - before < 0.1


def processor_seconds(pid: int) -> float:
    """What a process has used of a processor so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class TestSupervisord:
    def test_it_outlives_who_started_it(self, sandbox: Sandbox) -> None:
        code = (
            "import sys, os, signal; from pathlib import Path; from tests.local.support import Sandbox, program;"
            "Sandbox(Path(sys.argv[1])).apply(program('vtctld')); print('applied', flush=True);"
            "os.kill(0, signal.SIGKILL)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(sandbox.state)], stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert (done.stdout, done.returncode) == ("applied\n", -signal.SIGKILL)

        assert sandbox.component("vtctld").running
        assert sandbox.apply(program("vtctld")) == ["keep Program/vtctld"]

    def test_a_hangup_changes_nothing(self, sandbox: Sandbox) -> None:
        sandbox.apply(program("vtctld"))
        before = sandbox.pid("vtctld")
        daemon = sandbox.supervisord()

        os.kill(daemon.pid, signal.SIGHUP)

        assert sandbox.apply(program("vtctld")) == ["keep Program/vtctld"]
        assert (sandbox.pid("vtctld"), sandbox.supervisord()) == (before, daemon)

    def test_a_socket_that_nobody_listens_on_is_replaced(self, sandbox: Sandbox) -> None:
        import socket

        sandbox.target().state.create("shop", "rehearsal")
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(sandbox.state / "supervisor.sock"))
        (sandbox.state / "run/supervisord.pid").write_text(f"{os.getpid()}\n")

        assert sandbox.apply(program("vtctld")) == ["create Program/vtctld"]

    def test_when_it_does_not_start_its_words_are_in_the_error(self, sandbox: Sandbox) -> None:
        from vitessctl.targets.local.faults import SupervisorError

        sandbox.target().state.create("shop", "rehearsal")
        (sandbox.state / "broken.program.conf").write_text("[program:broken]\n")

        with pytest.raises(SupervisorError) as caught:
            sandbox.apply(program("vtctld"))

        assert str(caught.value).startswith(f"{sandbox.state}/log/supervisord.err: supervisord does not start\n")
        assert "it ended at once" in caught.value.why
        assert "program section program:broken does not specify a command" in caught.value.why

    def test_its_folder_and_its_socket_are_for_nobody_else(self, sandbox: Sandbox) -> None:
        from tests.local.support import mode

        sandbox.apply(program("vtctld"))

        assert mode(sandbox.state) == 0o700
        assert mode(sandbox.state / "supervisor.sock") == 0o700
        assert mode(sandbox.state / "supervisord.conf") == 0o600


class TestOrphans:
    """After kill -9 of supervisord its programs run on, and nobody looks after them."""

    def test_they_are_ended_before_anything_is_started(self, sandbox: Sandbox) -> None:
        sandbox.apply(program("vtctld"), program("etcd-0"))
        before = set(sandbox.pids().values())
        sandbox.settled()
        os.kill(sandbox.supervisord().pid, signal.SIGKILL)

        assert sandbox.apply(program("vtctld")) == ["start Program/vtctld"]

        assert not before & {process.pid for process in sandbox.processes()}
        assert sandbox.pid("vtctld")
        assert sandbox.pid("etcd-0") == 0, "what was not asked for is not started"

    def test_what_its_programs_started_is_ended_too(self, sandbox: Sandbox) -> None:
        sandbox.apply(program("vtctld", "sh -c 'sleep 1001 & exec sleep 1002'"))
        wait_for("the grandchild", lambda: len(sandbox.settled()) == 3)
        for process in sandbox.processes():
            if process.command != ("sleep", "1001"):
                os.kill(process.pid, signal.SIGKILL)

        sandbox.apply(program("etcd-0"))

        assert {process.program for process in sandbox.settled()} == {"", "etcd-0"}

    def test_those_of_another_cluster_are_left_alone(self, sandbox: Sandbox, other_sandbox: Sandbox) -> None:
        sandbox.apply(program("vtctld"))
        other_sandbox.apply(program("vtctld"))
        before = other_sandbox.pids()
        os.kill(sandbox.supervisord().pid, signal.SIGKILL)

        sandbox.apply(program("vtctld"))

        assert other_sandbox.pids() == before
        assert other_sandbox.component("vtctld").restarts == 0

    def test_status_says_that_nothing_is_looked_after(self, sandbox: Sandbox) -> None:
        document = program("vtctld")
        sandbox.apply(document)
        os.kill(sandbox.supervisord().pid, signal.SIGKILL)

        assert sandbox.component("vtctld").state == "STOPPED"
        assert sandbox.target().verdict(document).reason == "the process is not started"
        assert sandbox.observe(document) == ["start Program/vtctld"]

    def test_one_that_does_not_listen_is_killed(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        from vitessctl.targets.local import launch

        monkeypatch.setattr(launch, "OTHER_SECONDS", 0.3)
        sandbox.apply(program("vtctld", "sh -c 'trap \"\" TERM; while :; do sleep 1; done'"))
        sandbox.settled()
        os.kill(sandbox.supervisord().pid, signal.SIGKILL)

        sandbox.apply(program("etcd-0"))

        assert {process.program for process in sandbox.settled()} == {"", "etcd-0"}


class TestTwoClusters:
    def test_they_do_not_disturb_each_other(self, sandbox: Sandbox, other_sandbox: Sandbox) -> None:
        document = program("vtctld")
        sandbox.apply(document)
        other_sandbox.apply(document)
        ours = sandbox.pids()
        assert ours != other_sandbox.pids()

        other_sandbox.apply(program("vtctld", "sleep 2000"))
        other_sandbox.target().stop([document])
        other_sandbox.target().delete_data()

        assert sandbox.pids() == ours
        assert sandbox.apply(document) == ["keep Program/vtctld"]
        assert other_sandbox.processes() == ()
