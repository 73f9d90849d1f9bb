"""As whom the servers run."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.local.support import Sandbox, a_cluster, mode, program, wait_for
from vitessctl.targets.base import Operation
from vitessctl.targets.local.account import FALLBACK_UID, Account, account_of, blocked, caller, server_account
from vitessctl.targets.local.binaries import Binaries
from vitessctl.targets.local.faults import LocalError, PreflightError
from vitessctl.targets.local.target import LocalTarget

NOWHERE = Path("/nonexistent/state")
OTHER = 12345

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run servers as somebody else")


@pytest.fixture
def be(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes the code believe that it is run by another user."""

    def become(uid: int) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: uid)
        monkeypatch.setattr(os, "getegid", lambda: uid)

    return become


class TestDecision:
    def test_a_user_runs_the_servers_as_that_user(self, be: Callable[[int], None]) -> None:
        be(1000)
        assert server_account("", NOWHERE, {"SUDO_UID": "1001"}) == Account(1000, 1000)

    def test_naming_oneself_is_allowed(self, be: Callable[[int], None]) -> None:
        be(54321)
        assert server_account("54321", NOWHERE, {}) == Account(54321, 54321)

    def test_root_runs_them_as_who_is_named(self, be: Callable[[int], None]) -> None:
        be(0)
        nobody = pwd.getpwnam("nobody")
        assert server_account("nobody", NOWHERE, {}) == Account(nobody.pw_uid, nobody.pw_gid)
        assert server_account(str(nobody.pw_uid), NOWHERE, {}) == Account(nobody.pw_uid, nobody.pw_gid)

    def test_a_number_needs_no_name(self, be: Callable[[int], None]) -> None:
        be(0)
        assert server_account("54321", NOWHERE, {}) == Account(54321, 54321)

    def test_then_as_who_owns_the_state_folder(self, be: Callable[[int], None], folder: Path) -> None:
        be(0)
        owner = folder.stat()
        expected = Account(FALLBACK_UID, FALLBACK_UID) if owner.st_uid == 0 else Account(owner.st_uid, owner.st_gid)
        assert server_account("", folder, {}) == expected

    @as_root
    def test_then_as_who_owns_the_state_folder_really(self, folder: Path) -> None:
        os.chown(folder, OTHER, OTHER + 1)
        assert server_account("", folder, {"SUDO_UID": "1000"}) == Account(OTHER, OTHER + 1)

    def test_then_as_who_called_sudo(self, be: Callable[[int], None]) -> None:
        be(0)
        assert server_account("", NOWHERE, {"SUDO_UID": "54321"}) == Account(54321, 54321)

    @pytest.mark.parametrize("sudo", ["0", "", "somebody"])
    def test_and_else_as_a_number_of_our_own(self, be: Callable[[int], None], sudo: str) -> None:
        be(0)
        assert server_account("", NOWHERE, {"SUDO_UID": sudo}) == Account(FALLBACK_UID, FALLBACK_UID)

    @pytest.mark.parametrize("user", ["root", "0"])
    def test_never_as_root(self, be: Callable[[int], None], user: str) -> None:
        be(0)
        with pytest.raises(LocalError) as caught:
            server_account(user, NOWHERE, {})
        assert str(caught.value) == (
            f"local.user: the servers cannot run as {user}\n"
            "  why: Vitess and MySQL refuse to run as root\n"
            "  fix: name another user, or leave local.user out"
        )

    def test_only_root_can_choose(self, be: Callable[[int], None]) -> None:
        be(1000)
        with pytest.raises(LocalError) as caught:
            server_account("54321", NOWHERE, {})
        assert str(caught.value) == (
            "local.user: the servers cannot be run as 54321\n"
            "  why: only root can run them as somebody else, and this is uid 1000\n"
            "  fix: leave local.user out, or run vitessctl as root"
        )

    def test_a_name_that_nobody_has(self) -> None:
        with pytest.raises(LocalError, match="there is no user 'no-such-user' on this machine"):
            account_of("no-such-user")

    def test_a_rehearsal_runs_as_who_calls_it(self, folder: Path) -> None:
        target = LocalTarget(a_cluster(user="54321"), folder / "s", Binaries({}, rehearsal=True), "rehearsal")
        assert target.state.owner == caller()


class TestBlocked:
    def test_the_first_closed_door_is_named(self, folder: Path) -> None:
        deep = folder / "one/two/three"
        deep.mkdir(parents=True)
        (folder / "one").chmod(0o700)
        (folder / "one/two").chmod(0o700)
        assert blocked(deep, Account(54321, 54321)) == folder / "one"

    def test_what_is_not_there_is_no_door(self, folder: Path) -> None:
        assert blocked(folder / "not/there/yet", Account(OTHER, OTHER)) is None

    def test_ones_own_closed_folder_is_open(self, folder: Path) -> None:
        (folder / "own").mkdir(mode=0o700)
        owner = (folder / "own").stat()
        assert blocked(folder / "own/s", Account(owner.st_uid, owner.st_gid)) is None


@as_root
class TestAsRoot:
    """vitessctl as root, the servers as another user, who has no name on this machine."""

    @pytest.fixture
    def target(self, sandbox: Sandbox) -> LocalTarget:
        return sandbox.target(a_cluster(user=str(OTHER)), Binaries({}), "local")

    def test_everything_runs_as_the_other_user(self, target: LocalTarget, sandbox: Sandbox) -> None:
        target.apply([program("vtctld", "sh -c 'id -u; id -g; id -G; echo $HOME; exec sleep 1000'")])

        assert wait_for("five lines", lambda: sandbox.log("vtctld").count("\n") >= 4)
        assert sandbox.log("vtctld").split() == [str(OTHER)] * 3 + [str(sandbox.state)]
        for process in sandbox.settled():
            status = Path(f"/proc/{process.pid}/status").read_text()
            assert f"Uid:\t{OTHER}\t{OTHER}\t{OTHER}\t{OTHER}\n" in status, "for good: no way back to root"
            assert f"Gid:\t{OTHER}\t{OTHER}\t{OTHER}\t{OTHER}\n" in status

    def test_the_folder_is_theirs_and_closed(self, target: LocalTarget, sandbox: Sandbox) -> None:
        from tests.local.support import file

        target.apply([file("config/deep/users.json", "{}", secret=True), program("vtctld")])

        for path in [sandbox.state, *sandbox.state.rglob("*")]:
            if path.name != "supervisord.err":
                assert os.lstat(path).st_uid == OTHER, path
        assert mode(sandbox.state) == 0o700
        assert mode(sandbox.state / "config/deep/users.json") == 0o600

    def test_a_second_run_finds_it_and_a_third_without_the_option_too(
        self, target: LocalTarget, sandbox: Sandbox
    ) -> None:
        document = program("vtctld")
        target.apply([document])
        later = sandbox.target(a_cluster(), Binaries({}), "local")
        assert later.state.owner == Account(OTHER, OTHER)
        assert later.apply([document])[0].operation is Operation.KEEP

    def test_the_other_user_can_go_on_without_root(self, target: LocalTarget, sandbox: Sandbox) -> None:
        """`sudo vitessctl up` once, `vitessctl down` later."""
        document = program("vtctld")
        with target.lock("up"):
            target.apply([document])
        sandbox.settled()

        pid = os.fork()
        if pid == 0:  # becomes the other user for good
            code = 1
            try:
                os.setgroups([])
                os.setgid(OTHER)
                os.setuid(OTHER)
                mine = sandbox.target(a_cluster(), Binaries({}), "local")
                with mine.lock("down"):
                    mine.stop([document])
                code = 0
            finally:
                os._exit(code)
        assert os.waitpid(pid, 0)[1] == 0
        assert sandbox.processes() == ()

    def test_python_may_be_where_they_cannot_read(
        self, target: LocalTarget, folder: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Root's home often holds it. All that supervisord needs is read before root is given up."""
        closed = folder / "closed"
        (closed / "bin").mkdir(parents=True)
        closed.chmod(0o700)
        (closed / "bin/python").symlink_to(os.path.realpath(sys.executable))
        (closed / "pyvenv.cfg").write_text(f"home = {os.path.dirname(os.path.realpath(sys.executable))}\n")
        packages = closed / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
        packages.parent.mkdir(parents=True)
        packages.symlink_to(Path(pytest.__file__).parents[1])
        monkeypatch.setattr(sys, "executable", str(closed / "bin/python"))

        target.apply([program("vtctld")])

        assert sandbox.supervisord().command[0] == str(closed / "bin/python")
        assert sandbox.pid("vtctld")

    def test_nothing_of_theirs_is_read_as_root(self, target: LocalTarget, sandbox: Sandbox) -> None:
        """What lies in their folder must not become part of a program that still is root."""
        target.state.create("shop", "local")
        for name in ("supervisor", "xmlrpc", "ctypes", "vitessctl"):
            (sandbox.state / f"{name}.py").write_text(f"open('{sandbox.state}/run/read-as-root', 'w')\n")

        target.apply([program("vtctld")])

        assert sandbox.pid("vtctld")
        assert not (sandbox.state / "run/read-as-root").exists()

    def test_programs_that_they_cannot_reach_are_found_out(self, folder: Path, sandbox: Sandbox) -> None:
        closed = folder / "closed"
        (closed / "bin").mkdir(parents=True)
        closed.chmod(0o700)
        (closed / "bin/vtctld").write_text("#!/bin/sh\n")
        target = sandbox.target(a_cluster(user=str(OTHER)), Binaries({"vtctld": closed / "bin/vtctld"}), "local")

        with pytest.raises(PreflightError) as caught:
            target.preflight([program("vtctld", "vtctld")])

        assert str(caught.value) == (
            f"the servers cannot reach {closed}/bin/vtctld\n"
            f"  why: they run as uid {OTHER}, who may not enter {closed}\n"
            f"  fix: chmod o+x {closed}, or copy the programs to where everybody can run them, such as /opt"
        )

    def test_data_of_theirs_can_be_deleted(self, target: LocalTarget, sandbox: Sandbox) -> None:
        document = program("vtctld")
        target.apply([document])
        target.stop([document])
        target.delete_data()
        assert not sandbox.state.exists()
