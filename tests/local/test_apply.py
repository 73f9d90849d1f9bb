"""apply: what is asked for is made so; what is so already is not touched."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from tests.local.support import SLEEP, Sandbox, file, is_gone, kept, mode, program, wait_for
from vitessctl.errors import VitessctlError
from vitessctl.targets.base import Operation, State
from vitessctl.targets.local.faults import LocalError
from vitessctl.targets.local.install import _for_stand_ins
from vitessctl.targets.local.launch import package_root
from vitessctl.targets.local.rpc import SupervisorClient

PACKAGES = {name: os.environ[name] for name in ("PYTHONPATH",) if os.environ.get(name)}
"""Where these tests themselves find their packages, if that is told by the environment."""


def test_a_program_is_created_and_then_kept_with_its_process(sandbox: Sandbox) -> None:
    documents = (program("etcd-0", component="etcd"), program("vtctld"))

    assert sandbox.apply(*documents) == ["create Program/etcd-0", "create Program/vtctld"]
    before = sandbox.pids()
    assert sandbox.apply(*documents) == kept("Program/etcd-0", "Program/vtctld")

    assert sandbox.pids() == before
    assert all(before.values())


def test_the_change_says_what_it_is_about(sandbox: Sandbox) -> None:
    document = program("vttablet-zone1-0000000100", component="vttablet", subject="zone1-0000000100", stage="tablets")

    (change,) = sandbox.target().apply([document])

    assert change.operation is Operation.CREATE
    assert (change.label, change.stage, change.component, change.subject) == (
        "Program/vttablet-zone1-0000000100",
        "tablets",
        "vttablet",
        "zone1-0000000100",
    )


def test_only_what_changed_is_restarted(sandbox: Sandbox) -> None:
    sandbox.apply(program("etcd-0", component="etcd"), program("vtctld"))
    before = sandbox.pids()

    done = sandbox.apply(program("etcd-0", component="etcd"), program("vtctld", "sleep 2000"))

    after = sandbox.pids()
    assert done == ["keep Program/etcd-0", "update Program/vtctld"]
    assert after["etcd-0"] == before["etcd-0"]
    assert after["vtctld"] not in (0, before["vtctld"])
    assert is_gone(before["vtctld"])


def test_what_was_stopped_is_started(sandbox: Sandbox) -> None:
    sandbox.apply(program("vtctld"))
    sandbox.stop_behind_our_back("vtctld")

    assert sandbox.apply(program("vtctld")) == ["start Program/vtctld"]
    assert sandbox.pid("vtctld")


def test_what_waits_to_be_tried_again_is_started_at_once(sandbox: Sandbox, folder: Path) -> None:
    document = program("vtctld", f"sh -c 'test -e {folder}/go && exec {SLEEP}'")
    sandbox.apply(document)
    wait_for("a third failure", lambda: sandbox.component("vtctld").restarts >= 3)
    wait_for("its pause", lambda: sandbox.component("vtctld").state == "BACKOFF")
    (folder / "go").touch()

    assert sandbox.apply(document) == ["start Program/vtctld"]

    assert sandbox.component("vtctld").running


def test_what_was_given_up_is_started(sandbox: Sandbox, folder: Path) -> None:
    document = program("vtctld", f"sh -c 'test -e {folder}/go && exec {SLEEP}'", startretries=0)
    sandbox.apply(document)
    wait_for("FATAL", lambda: sandbox.component("vtctld").state == "FATAL")
    (folder / "go").touch()

    assert sandbox.apply(document) == ["start Program/vtctld"]
    assert sandbox.component("vtctld").running


def test_a_program_that_comes_later_leaves_the_others_alone(sandbox: Sandbox) -> None:
    sandbox.apply(program("etcd-0", component="etcd"))
    before = sandbox.pid("etcd-0")

    assert sandbox.apply(program("vtctld")) == ["create Program/vtctld"]

    assert sandbox.pid("etcd-0") == before


def test_a_program_without_document_is_left_running(sandbox: Sandbox) -> None:
    sandbox.apply(program("etcd-0", component="etcd"), program("vtctld"))

    sandbox.apply(program("etcd-0", component="etcd"))

    assert sandbox.pid("vtctld")


def test_stages_may_apply_at_the_same_time(sandbox: Sandbox) -> None:
    target = sandbox.target()
    names = [f"vttablet-{number}" for number in range(8)]
    failures: list[BaseException] = []

    def apply(name: str) -> None:
        try:
            target.apply([program(name), file(f"config/{name}", name)])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=apply, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert failures == []
    assert sorted(sandbox.pids()) == names
    assert all(sandbox.pids().values())
    assert sandbox.supervisord(), "exactly one"


def test_starting_does_not_wait_for_a_program_to_count_as_up(sandbox: Sandbox) -> None:
    document = program("vtctld", startsecs=3600)

    sandbox.apply(document)

    assert sandbox.component("vtctld").state == "STARTING"
    assert sandbox.target().verdict(document).state is State.READY


class TestFiles:
    def test_a_file_is_written_below_the_state_folder(self, sandbox: Sandbox) -> None:
        assert sandbox.apply(file("config/deep/my.cnf", "[mysqld]\n")) == ["create File/config/deep/my.cnf"]
        assert (sandbox.state / "config/deep/my.cnf").read_text() == "[mysqld]\n"
        assert sandbox.apply(file("config/deep/my.cnf", "[mysqld]\n")) == kept("File/config/deep/my.cnf")
        assert sandbox.apply(file("config/deep/my.cnf", "[client]\n")) == ["update File/config/deep/my.cnf"]
        assert (sandbox.state / "config/deep/my.cnf").read_text() == "[client]\n"

    def test_a_secret_is_for_nobody_else(self, sandbox: Sandbox) -> None:
        sandbox.apply(file("config/users.json", "{}", secret=True), file("config/my.cnf", ""))

        assert mode(sandbox.state / "config/users.json") == 0o600
        assert mode(sandbox.state / "config/my.cnf") == 0o644

    def test_a_mode_that_somebody_changed_is_put_right(self, sandbox: Sandbox) -> None:
        document = file("config/users.json", "{}", secret=True)
        sandbox.apply(document)
        (sandbox.state / "config/users.json").chmod(0o644)

        sandbox.apply(document)

        assert mode(sandbox.state / "config/users.json") == 0o600

    def test_a_program_that_names_the_file_on_its_command_line_is_restarted(self, sandbox: Sandbox) -> None:
        vtgate = program("vtgate-zone1", "sh -c 'exec sleep 1000' %(here)s/config/users.json", component="vtgate")
        other = program("vtorc-zone1", component="vtorc")
        sandbox.apply(file("config/users.json", "{}"), vtgate, other)
        before = sandbox.pids()

        done = sandbox.apply(file("config/users.json", '{"app": []}'), vtgate, other)

        assert done == ["update File/config/users.json", "update Program/vtgate-zone1", "keep Program/vtorc-zone1"]
        assert sandbox.pid("vtgate-zone1") not in (0, before["vtgate-zone1"])
        assert sandbox.pid("vtorc-zone1") == before["vtorc-zone1"]

    def test_a_program_that_names_it_in_its_environment_is_not(self, sandbox: Sandbox) -> None:
        """EXTRA_MY_CNF is read when MySQL is initialised; a restart would not make a change count."""
        document = program("mysqlctld-1", environment='EXTRA_MY_CNF="%(here)s/config/my.cnf"')
        sandbox.apply(file("config/my.cnf", "[mysqld]\n"), document)

        done = sandbox.apply(file("config/my.cnf", "[mysqld]\nport=1\n"), document)

        assert done == ["update File/config/my.cnf", "keep Program/mysqlctld-1"]

    def test_a_file_that_another_stage_wrote_counts_too(self, sandbox: Sandbox) -> None:
        vtgate = program("vtgate-zone1", "sh -c 'exec sleep 1000' %(here)s/config/users.json", component="vtgate")
        sandbox.apply(file("config/users.json", "{}"))
        sandbox.apply(vtgate)

        assert sandbox.apply(vtgate, file("config/users.json", "{}")) == kept(
            "Program/vtgate-zone1", "File/config/users.json"
        )

    @pytest.mark.parametrize("name", ["../outside", "/etc/outside", "config/../../outside"])
    def test_a_file_outside_of_the_folder_is_refused(self, sandbox: Sandbox, name: str) -> None:
        with pytest.raises(LocalError) as caught:
            sandbox.apply(file(name, ""))

        assert str(caught.value) == (
            f"local/{name}.j2: File/{name} is outside of the state folder\n"
            "  fix: name it by a path below the state folder, such as config/my.cnf"
        )


class TestBinaries:
    def test_another_binary_restarts_the_program(self, sandbox: Sandbox, folder: Path) -> None:
        first, second = (folder / name / "vtctld" for name in ("one", "two"))
        for path in (first, second):
            path.parent.mkdir()
            path.write_text("#!/bin/sh\nexec sleep 1000\n")
            path.chmod(0o755)
        document = program("vtctld", str(first))
        sandbox.apply(document)
        before = sandbox.pid("vtctld")
        assert sandbox.apply(document) == kept("Program/vtctld")

        os.replace(second, first)

        assert sandbox.apply(document) == ["update Program/vtctld"]
        assert sandbox.pid("vtctld") not in (0, before)

    def test_who_starts_it_makes_no_difference(self, sandbox: Sandbox) -> None:
        document = program("vtctld")
        first = {**PACKAGES, "PATH": "/usr/bin:/bin", "HOME": "/root"}
        sandbox.target(environ=first).apply([document])

        second = {"PATH": "/bin", "HOME": "/nowhere", "http_proxy": "x"}
        changes = sandbox.target(environ=second).apply([document])

        assert changes[0].operation is Operation.KEEP


class TestEnvironment:
    def test_a_program_gets_little_of_the_callers_environment(self, sandbox: Sandbox) -> None:
        caller = {
            **PACKAGES,
            "PATH": "/somewhere:/usr/bin:/bin",
            "HOME": "/home/somebody",
            "https_proxy": "http://proxy",
            "TZ": "Europe/Berlin",
            "VITESSCTL_REHEARSAL_DELAY": "2",
            "VITESSCTL_TARGET": "local",
        }
        sandbox.target(environ=caller).apply([program("vtctld", "sh -c 'env; exec sleep 1000'")])

        text = wait_for("the environment", lambda: sandbox.log("vtctld"))
        found = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        found = {name: value for name, value in found.items() if not name.startswith("SUPERVISOR_")}
        for name in ("PWD", "SHLVL", "_", "OLDPWD"):
            found.pop(name, None)
        assert found == {
            "HOME": str(sandbox.state),
            "LANG": "C.UTF-8",
            "PATH": f"{sandbox.state}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PYTHONPATH": ":".join([package_root(), *PACKAGES.values()]),
            "TZ": "Europe/Berlin",
            "VITESSCTL_REHEARSAL_DELAY": "2",
            "VITESSCTL_STATE": str(sandbox.state),
            **_for_stand_ins(),
            "VTDATAROOT": f"{sandbox.state}/data",
        }


class TestBadDocuments:
    """Errors of a user's own template, before anything is written."""

    def test_a_text_that_is_no_program(self, sandbox: Sandbox) -> None:
        from dataclasses import replace

        document = replace(program("vtctld"), text="[program:other]\ncommand=sleep 1\n")

        with pytest.raises(LocalError) as caught:
            sandbox.apply(document)

        assert str(caught.value) == (
            "local/vtctld.conf.j2: Program/vtctld is not a program that supervisor can run\n"
            "  why: 'program:vtctld'\n"
            "  fix: the template has to give a section [program:vtctld] with a command"
        )

    @pytest.mark.parametrize("settings", [{"command": "echo 'unclosed"}, {"stopwaitsecs": "soon"}, {"command": ""}])
    def test_settings_that_cannot_be(self, sandbox: Sandbox, settings: dict[str, str]) -> None:
        with pytest.raises(LocalError, match="is not a program that supervisor can run"):
            sandbox.apply(program("vtctld", **settings))  # type: ignore[arg-type]

    def test_a_kind_that_runs_nowhere_here(self, sandbox: Sandbox) -> None:
        from dataclasses import replace

        with pytest.raises(LocalError, match="Deployment/vtctld is nothing that runs on one machine"):
            sandbox.apply(replace(program("vtctld"), kind="Deployment"))

    def test_what_supervisor_refuses_is_said_and_mended_by_the_next_apply(self, sandbox: Sandbox) -> None:
        sandbox.apply(program("etcd-0"))
        before = sandbox.pid("etcd-0")

        with pytest.raises(VitessctlError, match=r"supervisord refuses supervisor.reloadConfig"):
            sandbox.apply(program("vtctld", startsecs="soon"))

        assert sandbox.apply(program("vtctld")) == ["create Program/vtctld"]
        assert sandbox.pid("etcd-0") == before

    def test_a_program_that_does_not_exist(self, sandbox: Sandbox) -> None:
        with pytest.raises(VitessctlError, match="no-such-program"):
            sandbox.apply(program("vtctld", "no-such-program --flag"))


class Killed(BaseException):
    """Stands for kill -9: nothing catches it."""


class TestResume:
    """vitessctl may be killed between any two steps; the next apply finishes."""

    STEPS = ("reread", "stop", "replace", "start")

    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
    def test_an_update_that_was_cut_off(
        self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
    ) -> None:
        sandbox.apply(program("vtctld", "sleep 1000"))
        real = getattr(SupervisorClient, step)

        def killed(self: SupervisorClient, *arguments: str) -> None:
            if after:
                real(self, *arguments)
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(SupervisorClient, step, killed)
            with pytest.raises(Killed):
                sandbox.apply(program("vtctld", "sleep 2000"))

        sandbox.apply(program("vtctld", "sleep 2000"))
        wait_for("the new command and no other", lambda: sandbox.commands("vtctld") == {("sleep", "2000")})
        assert sandbox.apply(program("vtctld", "sleep 2000")) == kept("Program/vtctld")

    def test_the_folders_were_made_and_no_more(self, sandbox: Sandbox) -> None:
        sandbox.target().state.create("shop", "rehearsal")
        assert sandbox.apply(program("vtctld")) == ["create Program/vtctld"]

    def test_the_marker_was_being_written(self, sandbox: Sandbox) -> None:
        sandbox.state.mkdir()
        (sandbox.state / "..vitessctl-state.new").write_text("{")
        assert sandbox.apply(program("vtctld")) == ["create Program/vtctld"]

    def test_supervisord_was_started_and_nothing_was_told_to_it(
        self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def killed(_self: SupervisorClient) -> None:
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(SupervisorClient, "report", killed)
            with pytest.raises(Killed):
                sandbox.apply(program("vtctld"))
        daemon = sandbox.supervisord()

        assert sandbox.apply(program("vtctld")) == ["create Program/vtctld"]
        assert sandbox.supervisord() == daemon


def test_a_killed_program_is_not_taken_for_a_changed_one(sandbox: Sandbox) -> None:
    sandbox.apply(program("vtctld"))
    os.kill(sandbox.pid("vtctld"), signal.SIGKILL)
    wait_for("vtctld back", lambda: sandbox.component("vtctld").restarts == 1 and sandbox.pid("vtctld"))

    assert sandbox.apply(program("vtctld")) == kept("Program/vtctld")
