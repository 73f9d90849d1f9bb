"""stop, prune and delete_data: nothing is left that should not be, and data only goes when it is told to."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.local.support import Sandbox, file, operations, program, snapshot, wait_for
from vitessctl.targets.local import stopping
from vitessctl.targets.local.faults import StateFolderError

STUBBORN = "sh -c 'trap \"\" TERM; while :; do sleep 1; done'"


def test_nothing_is_left_running_and_data_stays(sandbox: Sandbox) -> None:
    documents = [program("etcd-0"), program("vtctld"), file("config/users.json", "{}", secret=True)]
    sandbox.apply(*documents)
    (sandbox.state / "data/etcd-0").mkdir()
    (sandbox.state / "data/etcd-0/rows").write_text("all of them")

    changes = sandbox.target().stop(documents)

    assert operations(changes) == ["delete Program/etcd-0", "delete Program/vtctld", "delete File/config/users.json"]
    assert sandbox.processes() == ()
    assert (sandbox.state / "data/etcd-0/rows").read_text() == "all of them"
    assert not (sandbox.state / "config/users.json").exists()
    assert sandbox.target().components() == []
    assert sandbox.target().kept() == (f"{sandbox.state}/data/etcd-0",)


def test_what_was_stopped_can_be_created_again(sandbox: Sandbox) -> None:
    document = program("vtctld")
    sandbox.apply(document)
    sandbox.target().stop([document])

    assert sandbox.apply(document) == ["create Program/vtctld"]
    assert sandbox.pid("vtctld")


def test_supervisord_goes_with_the_last_program(sandbox: Sandbox) -> None:
    gate, etcd = program("vtgate"), program("etcd-0")
    sandbox.apply(gate, etcd)
    target = sandbox.target()
    daemon = sandbox.supervisord()

    target.stop([gate])
    assert sandbox.supervisord() == daemon
    assert sandbox.component("etcd-0").running

    target.stop([etcd])
    assert sandbox.processes() == ()
    assert not (sandbox.state / "supervisor.sock").exists()


def test_stopping_twice_or_nothing_at_all(sandbox: Sandbox) -> None:
    document = program("vtctld")
    assert operations(sandbox.target().stop([document])) == ["keep Program/vtctld"]
    assert not sandbox.state.exists()

    sandbox.apply(document)
    sandbox.target().stop([document])
    assert operations(sandbox.target().stop([document])) == ["keep Program/vtctld"]


def test_one_that_does_not_want_to_stop_is_killed_when_its_time_is_over(sandbox: Sandbox) -> None:
    document = program("vttablet", STUBBORN, stopwaitsecs=1)
    sandbox.apply(document)
    sandbox.settled()
    begun = time.monotonic()

    sandbox.target().stop([document])

    assert 0.9 < time.monotonic() - begun < 5
    assert sandbox.processes() == ()


def test_the_slow_ones_are_waited_for_together(sandbox: Sandbox) -> None:
    documents = [program(f"vttablet-{n}", STUBBORN, stopwaitsecs=2) for n in range(4)]
    sandbox.apply(*documents)
    sandbox.settled()
    begun = time.monotonic()

    sandbox.target().stop(documents)

    assert time.monotonic() - begun < 6
    assert sandbox.processes() == ()


def test_what_a_program_started_does_not_outlive_it(sandbox: Sandbox) -> None:
    """mysqlctld that is killed leaves its mysqld; the end of the group is not enough for one that left it."""
    document = program("mysqlctld-zone1-0000000100", "sh -c 'setsid sleep 1001 & exec sleep 1002'")
    other = program("vtctld", "sh -c 'setsid sleep 1003 & exec sleep 1004'")
    sandbox.apply(document, other)
    wait_for("both children", lambda: len(sandbox.settled()) == 5)

    sandbox.target().stop([document])

    assert {process.command for process in sandbox.processes() if process.program} == {
        ("sleep", "1003"),
        ("sleep", "1004"),
    }


def test_a_mysqld_is_ended_though_nothing_marks_it_but_its_data(sandbox: Sandbox, folder: Path) -> None:
    mysqld = folder / "mysqld"
    mysqld.write_text("#!/bin/sh\nwhile :; do sleep 0.1; done\n")
    mysqld.chmod(0o755)
    document = program(
        "mysqlctld-zone1-0000000100",
        f"sh -c 'env -i {mysqld} --defaults-file=%(here)s/data/vt_0000000100/my.cnf & exec sleep 1002'",
        component="mysqlctld",
        subject="zone1-0000000100",
    )
    sandbox.apply(document)
    wait_for("the mysqld", lambda: any(process.is_database for process in sandbox.processes()))
    unmarked = next(process for process in sandbox.processes() if process.is_database)
    assert (unmarked.program, unmarked.state) == ("", "")

    sandbox.target().stop([document])

    assert sandbox.processes() == ()


def test_orphans_are_ended_when_there_is_no_supervisord(sandbox: Sandbox) -> None:
    documents = [program("vtctld"), program("etcd-0")]
    sandbox.apply(*documents)
    sandbox.settled()
    os.kill(sandbox.supervisord().pid, signal.SIGKILL)

    assert operations(sandbox.target().stop(documents)) == ["delete Program/vtctld", "delete Program/etcd-0"]

    assert sandbox.processes() == ()


def test_a_cluster_whose_folder_was_removed_under_it_is_ended(sandbox: Sandbox) -> None:
    import shutil

    document = program("vtctld")
    sandbox.apply(document)
    sandbox.settled()
    shutil.rmtree(sandbox.state)
    target = sandbox.target()

    with target.lock("down"):
        target.stop([document])

    assert sandbox.processes() == ()
    assert not sandbox.state.exists(), "what only the lock needed is taken away again"


class TestPrune:
    def test_what_has_no_document_any_more_is_taken_away(self, sandbox: Sandbox) -> None:
        sandbox.apply(program("etcd-0"), program("vtgate-zone1"), program("vtgate-zone2", subject="zone2"))
        before = sandbox.pids()

        changes = sandbox.target().prune([program("etcd-0"), program("vtgate-zone1")])

        assert operations(changes) == ["delete Program/vtgate-zone2"]
        assert changes[0].subject == "zone2"
        del before["vtgate-zone2"]
        assert sandbox.pids() == before
        assert len(sandbox.settled()) == 3

    def test_nothing_to_do(self, sandbox: Sandbox) -> None:
        assert sandbox.target().prune([program("etcd-0")]) == []
        sandbox.apply(program("etcd-0"))
        assert sandbox.target().prune([program("etcd-0")]) == []

    def test_without_any_document_everything_is(self, sandbox: Sandbox) -> None:
        sandbox.apply(program("etcd-0"), program("vtctld"))

        sandbox.target().prune([])

        assert sandbox.processes() == ()


class TestObserve:
    def test_it_tells_what_apply_would_do(self, sandbox: Sandbox) -> None:
        sandbox.apply(program("etcd-0"), program("vtctld"), program("vtorc-zone1"), file("config/a", "1"))
        sandbox.stop_behind_our_back("etcd-0")
        before = snapshot(sandbox.state)

        found = sandbox.observe(
            program("etcd-0"),
            program("vtctld", "sleep 2000"),
            program("vtgate-zone1"),
            file("config/a", "2"),
            file("config/b", "2"),
        )

        assert found == [
            "start Program/etcd-0",
            "update Program/vtctld",
            "create Program/vtgate-zone1",
            "update File/config/a",
            "create File/config/b",
            "delete Program/vtorc-zone1",
        ]
        assert snapshot(sandbox.state) == before

    def test_where_there_is_nothing_yet(self, sandbox: Sandbox) -> None:
        assert sandbox.observe(program("etcd-0"), file("config/a", "")) == [
            "create Program/etcd-0",
            "create File/config/a",
        ]
        assert not sandbox.state.exists()


class TestDeleteData:
    def test_everything_goes(self, sandbox: Sandbox) -> None:
        document = program("vtctld")
        sandbox.apply(document)
        for name in ("data/etcd-0", "data/vt_0000000100", "backups/messages"):
            (sandbox.state / name).mkdir()
        sandbox.target().stop([document])

        removed = sandbox.target().delete_data()

        names = ("data/etcd-0", "data/vt_0000000100", "backups/messages")
        assert removed == (*(f"{sandbox.state}/{name}" for name in names), str(sandbox.state))
        assert not sandbox.state.exists()
        assert sandbox.target().delete_data() == ()

    def test_not_while_something_runs(self, sandbox: Sandbox) -> None:
        sandbox.apply(program("vtctld"))
        sandbox.settled()

        with pytest.raises(StateFolderError) as caught:
            sandbox.target().delete_data()

        assert caught.value.what == "processes of the cluster still run, so nothing was deleted"
        assert f"{sandbox.pid('vtctld')} (sleep 1000)" in caught.value.why
        assert caught.value.fix == "stop the cluster first: vitessctl down"
        assert (sandbox.state / "data").is_dir()

    def test_not_a_folder_that_is_not_ours(self, sandbox: Sandbox) -> None:
        sandbox.state.mkdir()
        (sandbox.state / "data").mkdir()
        (sandbox.state / "data/thesis.txt").write_text("years of work")

        with pytest.raises(StateFolderError) as caught:
            sandbox.target().delete_data()

        assert str(caught.value) == (
            f"{sandbox.state}: this is not the state folder of a cluster, so nothing was deleted\n"
            "  why: it has no .vitessctl-state\n"
            "  fix: give the right folder with --state-dir, or remove this one yourself"
        )
        assert (sandbox.state / "data/thesis.txt").read_text() == "years of work"

    def test_not_through_a_symbolic_link_in_it(self, sandbox: Sandbox, folder: Path) -> None:
        elsewhere = folder / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "rows").write_text("theirs")
        sandbox.target().state.create("shop", "rehearsal")
        (sandbox.state / "data/link").symlink_to(elsewhere)
        (sandbox.state / "backups").rmdir()
        (sandbox.state / "backups").symlink_to(elsewhere)

        sandbox.target().delete_data()

        assert not sandbox.state.exists()
        assert (elsewhere / "rows").read_text() == "theirs"

    def test_not_if_the_folder_itself_is_one(self, sandbox: Sandbox, folder: Path) -> None:
        real = Sandbox(folder / "real")
        real.target().state.create("shop", "rehearsal")
        sandbox.state.symlink_to(real.state)

        with pytest.raises(StateFolderError, match="is a symbolic link, so nothing was deleted"):
            sandbox.target().delete_data()

        assert (real.state / "data").is_dir()

    def test_what_cannot_be_deleted_is_said(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        import shutil

        sandbox.target().state.create("shop", "rehearsal")

        def refuse(path: Path) -> None:
            raise PermissionError(13, "Permission denied", str(path / "ibdata1"))

        monkeypatch.setattr(shutil, "rmtree", refuse)
        with pytest.raises(StateFolderError) as caught:
            sandbox.target().delete_data()
        assert str(caught.value) == (
            f"{sandbox.state}/data: cannot delete {sandbox.state}/data/ibdata1\n  why: Permission denied"
        )


def test_a_tablets_data_are_put_aside_under_a_name_that_tells_when(sandbox: Sandbox) -> None:
    sandbox.apply(program("vtctld"))
    folder = sandbox.state / "data/vt_0000000101"
    folder.mkdir()
    (folder / "rows").write_text("all of them")

    (said,) = stopping.set_aside(sandbox.state, "zone1-0000000101", 1_800_000_000.0)

    aside = sandbox.state / "data/vt_0000000101.rebuilt-20270115T080000Z"
    assert (aside / "rows").read_text() == "all of them"
    assert not folder.exists()
    assert said == f"its old data are kept in {aside}; delete them when nobody needs them"


def test_where_there_are_no_data_nothing_is_put_aside(sandbox: Sandbox) -> None:
    sandbox.apply(program("vtctld"))

    assert stopping.set_aside(sandbox.state, "zone1-0000000101", 0.0) == ()
