"""The state folder: who may look into it, what it refuses to be, how files are written."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.support import Sandbox, mode, program
from vitessctl.targets.local.account import Account, caller
from vitessctl.targets.local.faults import PreflightError, StateFolderError
from vitessctl.targets.local.state import FOLDERS, MARKER, StateFolder, default_state


def state_at(path: Path) -> StateFolder:
    return StateFolder(path, caller())


@pytest.fixture
def loose_umask() -> Iterator[None]:
    """As on a machine where everybody may read everything."""
    before = os.umask(0)
    yield
    os.umask(before)


class TestDefault:
    @pytest.mark.parametrize(
        ("target", "environ", "uid", "path"),
        [
            ("local", {"HOME": "/home/ada"}, 1000, "/home/ada/.local/state/vitessctl/shop-local"),
            ("rehearsal", {"HOME": "/home/ada"}, 1000, "/home/ada/.local/state/vitessctl/shop-rehearsal"),
            ("local", {"HOME": "/home/ada", "XDG_STATE_HOME": "/var/x"}, 1000, "/var/x/vitessctl/shop-local"),
            (
                "local",
                {"HOME": "/home/ada", "XDG_STATE_HOME": "x"},
                1000,
                "/home/ada/.local/state/vitessctl/shop-local",
            ),
            ("rehearsal", {"HOME": "/root"}, 0, "/root/.local/state/vitessctl/shop-rehearsal"),
            ("local", {"HOME": "/root"}, 0, "/var/lib/vitessctl/shop"),
        ],
    )
    def test_where_a_cluster_lives(self, target: str, environ: dict[str, str], uid: int, path: str) -> None:
        """A relative XDG_STATE_HOME does not count, says the XDG specification."""
        assert str(default_state("shop", target, environ, uid)) == path

    def test_without_a_home(self) -> None:
        assert default_state("shop", "local", {}, 1000).is_absolute()


class TestCreate:
    def test_what_is_in_it(self, folder: Path, loose_umask: None) -> None:
        path = folder / "a/b/s"
        state_at(path).create("shop", "local")

        assert sorted(entry.name for entry in path.iterdir()) == sorted([*FOLDERS, MARKER, "lock"])
        assert (path / MARKER).read_text() == '{"cluster": "shop", "target": "local"}\n'
        assert [mode(path), *(mode(path / name) for name in FOLDERS)] == [0o700] * 7
        assert mode(path / "lock") == 0o600

    def test_again_it_changes_nothing(self, folder: Path) -> None:
        state = state_at(folder / "s")
        state.create("shop", "local")
        before = {path: path.stat().st_mtime_ns for path in (folder / "s").rglob("*")}
        state.create("shop", "local")
        assert {path: path.stat().st_mtime_ns for path in (folder / "s").rglob("*")} == before

    def test_a_folder_that_somebody_removed_is_made_again(self, folder: Path) -> None:
        state = state_at(folder / "s")
        state.create("shop", "local")
        (folder / "s/run").rmdir()
        state.create("shop", "local")
        assert (folder / "s/run").is_dir()

    def test_an_empty_folder_is_taken(self, folder: Path) -> None:
        (folder / "s").mkdir(mode=0o755)
        state_at(folder / "s").create("shop", "local")
        assert mode(folder / "s") == 0o700

    def test_a_folder_with_something_else_in_it_is_not(self, folder: Path) -> None:
        (folder / "s").mkdir()
        (folder / "s/thesis.txt").touch()
        with pytest.raises(StateFolderError) as caught:
            state_at(folder / "s").create("shop", "local")
        assert str(caught.value) == (
            f"{folder}/s: the folder holds something else than a cluster of vitessctl\n"
            "  why: it has no .vitessctl-state, but thesis.txt\n"
            "  fix: choose another folder with --state-dir; it must be new or empty"
        )

    def test_a_file_or_a_link_is_not(self, folder: Path) -> None:
        (folder / "file").touch()
        (folder / "link").symlink_to(folder)
        with pytest.raises(StateFolderError, match="the state folder is a file"):
            state_at(folder / "file").create("shop", "local")
        with pytest.raises(StateFolderError, match="the state folder is a symbolic link"):
            state_at(folder / "link").create("shop", "local")

    @pytest.mark.parametrize("sign", list(" %;'\"$*[]\n\\#:,"))
    def test_a_name_that_would_break_the_configuration_is_not(self, folder: Path, sign: str) -> None:
        with pytest.raises(StateFolderError) as caught:
            state_at(folder / f"a{sign}b").create("shop", "local")
        assert caught.value.fix == "choose another folder with --state-dir, of letters, digits and . _ - + = @ ~"

    @pytest.mark.parametrize("name", ["a-b", "a.b", "a_b+c", "jörg", "東京", "a=b", "a@b~"])
    def test_other_names_work(self, folder: Path, name: str) -> None:
        box = Sandbox(folder / name)
        document = program("vtctld", "sh -c 'echo %(here)s; exec sleep 1000'")
        try:
            box.apply(document)
            assert box.apply(document) == ["keep Program/vtctld"]
            assert box.component("vtctld").running
        finally:
            box.target().stop([document])
            box.close()

    def test_what_cannot_be_written_is_said(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(*_arguments: object, **_options: object) -> None:
            raise OSError(28, "No space left on device", str(folder / "s"))

        monkeypatch.setattr(Path, "mkdir", full)
        with pytest.raises(StateFolderError) as caught:
            state_at(folder / "s").create("shop", "local")
        assert str(caught.value) == (
            f"{folder}/s: cannot write {folder}/s\n"
            "  why: No space left on device\n"
            "  fix: make room or give yourself access, or choose another folder with --state-dir"
        )


class TestLength:
    """A unix socket's path has 107 bytes at most; the longest of ours is data/vt_0000000000/mysql.sock."""

    LONGEST = 107 - len("/data/vt_0000000000/mysql.sock")

    def test_the_longest_that_fits(self, folder: Path) -> None:
        assert list(state_at(self.of_length(folder, self.LONGEST)).faults()) == []

    def test_one_byte_more(self, folder: Path) -> None:
        path = self.of_length(folder, self.LONGEST + 1)
        (fault,) = state_at(path).faults()
        assert str(fault) == (
            f"{path}: the path of the state folder is too long, by 1 bytes\n"
            "  why: a unix socket's path has 107 bytes at most, and "
            f"{path}/data/vt_0000000000/mysql.sock would have more\n"
            "  fix: choose a shorter folder with --state-dir"
        )

    def test_bytes_count_not_letters(self, folder: Path) -> None:
        path = self.of_length(folder, self.LONGEST)
        (fault,) = state_at(path.with_name("ö" + path.name[1:])).faults()
        assert "too long, by 1 bytes" in fault.what

    def test_preflight_says_it(self, folder: Path) -> None:
        box = Sandbox(self.of_length(folder, 150))
        with pytest.raises(PreflightError, match="too long, by"):
            box.target().preflight([])

    @staticmethod
    def of_length(folder: Path, length: int) -> Path:
        return folder / ("s" * (length - len(str(folder)) - 1))


class TestWrite:
    @pytest.fixture
    def state(self, folder: Path) -> StateFolder:
        state = state_at(folder / "s")
        state.create("shop", "local")
        return state

    def test_only_what_differs_is_written(self, state: StateFolder) -> None:
        assert state.write("config/a", "one")
        assert not state.write("config/a", "one")
        assert state.write("config/a", "two")
        assert state.read("config/a") == "two"

    def test_the_old_file_stays_whole_until_the_new_one_is(
        self, state: StateFolder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        state.write("config/a", "one")

        def killed(*_arguments: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", killed)
            with pytest.raises(KeyboardInterrupt):
                state.write("config/a", "two")

        assert state.read("config/a") == "one"
        state.write("config/a", "two")
        assert [path.name for path in (state.path / "config").iterdir()] == ["a"]

    def test_never_through_a_link(self, state: StateFolder, folder: Path) -> None:
        (folder / "theirs").write_text("theirs")
        (state.path / "config/a").symlink_to(folder / "theirs")
        (state.path / "config/.b.new").symlink_to(folder / "theirs")

        state.write("config/a", "ours")
        state.write("config/b", "ours")

        assert (folder / "theirs").read_text() == "theirs"
        assert stat.S_ISREG(os.lstat(state.path / "config/a").st_mode)

    def test_a_secret_was_never_readable(self, state: StateFolder, loose_umask: None) -> None:
        seen: list[int] = []
        real = os.fsync

        def look(descriptor: int) -> None:
            seen.append(os.fstat(descriptor).st_mode & 0o777)
            real(descriptor)

        os.fsync = look
        try:
            state.write("config/secret", "s", mode=0o600)
        finally:
            os.fsync = real
        assert seen == [0o600]

    def test_what_is_not_there(self, state: StateFolder) -> None:
        assert state.read("config/nothing") is None
        assert state.read("lock/nothing") is None
        assert not state.remove("config/nothing")

    def test_what_cannot_be_read(self, state: StateFolder) -> None:
        (state.path / "config/a").write_bytes(b"\xff\xfe")
        with pytest.raises(StateFolderError, match="a file cannot be read"):
            state.read("config/a")

    def test_a_link_is_changed_in_one_step(self, state: StateFolder) -> None:
        state.link("bin/vtctld", "/one")
        state.link("bin/vtctld", "/one")
        state.link("bin/vtctld", "/two")
        assert (state.path / "bin/vtctld").readlink() == Path("/two")
        assert [path.name for path in (state.path / "bin").iterdir()] == ["vtctld"]


class TestReachable:
    """Servers that run as another user have to get to the folder."""

    def test_a_parent_that_is_closed(self, folder: Path) -> None:
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        (fault,) = StateFolder(closed / "s", Account(54321, 54321)).faults()
        assert str(fault) == (
            f"{closed}/s: the servers cannot reach the state folder\n"
            f"  why: they run as uid 54321, who may not enter {closed}\n"
            f"  fix: chmod o+x {closed}, or choose another folder with --state-dir, for example below /var/lib"
        )

    @pytest.mark.parametrize("bits", [0o701, 0o711, 0o755])
    def test_a_parent_that_is_open_enough(self, folder: Path, bits: int) -> None:
        (folder / "open").mkdir()
        (folder / "open").chmod(bits)
        assert list(StateFolder(folder / "open/s", Account(54321, 54321)).faults()) == []

    def test_a_group_that_may_enter(self, folder: Path) -> None:
        (folder / "group").mkdir()
        (folder / "group").chmod(0o710)
        group = (folder / "group").stat().st_gid
        assert list(StateFolder(folder / "group/s", Account(54321, group)).faults()) == []
        assert len(list(StateFolder(folder / "group/s", Account(54321, 54321)).faults())) == 1
