"""Which programs are taken, and what is said when there are none."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.local.support import Sandbox, mode, program
from vitessctl.model.cluster import Local
from vitessctl.targets.base import Operation
from vitessctl.targets.local import binaries as found_binaries
from vitessctl.targets.local import install
from vitessctl.targets.local.account import Account, caller
from vitessctl.targets.local.binaries import PROGRAMS, Binaries, MissingBinaries, find_real
from vitessctl.targets.local.versions import version_faults, version_in

CASES = yaml.safe_load((Path(__file__).parent / "cases/binaries.yaml").read_text())


def executable(path: Path, text: str = "#!/bin/sh\nexec sleep 1000\n") -> Path:
    """A program that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["case"]))
def test_search(case: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found_binaries, "_SYSTEM_FOLDERS", ())

    def real(text: str) -> str:
        return text.replace("~", str(folder))

    for name in case["tree"]:
        executable(Path(real(name)))
    for name in case.get("plain", ()):
        executable(Path(real(name))).chmod(0o644)
    environ = {"PATH": "", **{name: real(value) for name, value in case.get("environ", {}).items()}}
    local = Local(vitess=real(case.get("vitess", "")), mysql=real(case.get("mysql", "")))

    found = find_real(local, environ)

    for name, path in case.get("found", {}).items():
        assert str(found.programs[name]) == real(path)
    if "mysql_root" in case:
        assert found.mysql_root == (Path(real(case["mysql_root"])) if case["mysql_root"] else None)


def test_what_is_missing_is_named_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found_binaries, "_SYSTEM_FOLDERS", ())
    executable(folder / "bin/vtgate")
    found = find_real(Local(), {"VTROOT": str(folder), "PATH": ""})

    (fault,) = found.faults(PROGRAMS)

    assert isinstance(fault, MissingBinaries)
    assert str(fault) == (
        "not found on this machine: etcd, vtctld, mysqlctld, vttablet, vtorc, mysqld\n"
        f"  why: looked in local.vitess (not set), VTROOT/bin ({folder}), local.mysql (not set), "
        "VT_MYSQL_ROOT (not set), PATH\n"
        "  fix: get them, or do without:\n"
        "    Vitess: unpack the release tarball of github.com/vitessio/vitess/releases and set VTROOT to its folder, "
        "or `local: {vitess: FOLDER}` in the spec\n"
        "    etcd: the package etcd-server (Debian, Ubuntu), or a release of github.com/etcd-io/etcd, in PATH\n"
        "    mysqld: the package mysql-server-core (or mysql-server-core-8.0), or any MySQL with VT_MYSQL_ROOT set to "
        "the folder that has its bin or sbin\n"
        "    none of them: `vitessctl up --rehearse` brings up stand-ins"
    )


@pytest.mark.parametrize(
    ("wanted", "missing"),
    [
        (("vtctld",), ("vtctld",)),
        (("mysqlctld",), ("mysqlctld", "mysqld")),
        (("etcd", "vtgate"), ("etcd", "vtgate")),
        ((), ()),
    ],
)
def test_only_what_is_wanted_can_be_missing(wanted: tuple[str, ...], missing: tuple[str, ...]) -> None:
    """With an external topology server no etcd is needed."""
    assert Binaries({}).missing(wanted) == missing


def test_a_rehearsal_lacks_nothing() -> None:
    assert install.rehearsal_binaries().missing(PROGRAMS) == ()


class TestEarlier:
    """`status` and `down` are often typed where VTROOT is not set."""

    def test_what_was_found_before_is_found_again(self, sandbox: Sandbox, folder: Path) -> None:
        programs = {"vtctld": executable(folder / "vt/bin/vtctld")}
        (folder / "mysql").mkdir()
        first = sandbox.target(binaries=Binaries(programs, folder / "mysql"), name="local", account=caller())
        document = program("vtctld", "vtctld")
        first.apply([document])

        later = sandbox.target(binaries=Binaries({}), name="local", account=caller())

        assert later.observe([document])[0].operation is Operation.KEEP

    def test_but_not_if_it_is_gone(self, folder: Path) -> None:
        earlier = Binaries({"vtctld": folder / "gone"}, folder / "gone")
        assert Binaries({}).completed_by(earlier) == Binaries({})

    def test_and_not_if_something_else_is_there_now(self, folder: Path) -> None:
        old, new = executable(folder / "old"), executable(folder / "new")
        found = Binaries({"vtctld": new}).completed_by(Binaries({"vtctld": old, "vtgate": old}))
        assert found.programs == {"vtctld": new, "vtgate": old}

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"programs": 3, "mysql_root": ""}', "no json"])
    def test_a_note_that_cannot_be_read(self, text: str) -> None:
        assert Binaries.from_json(text) == Binaries({})

    def test_there_and_back(self) -> None:
        found = Binaries({"etcd": Path("/usr/bin/etcd")}, Path("/usr"))
        assert Binaries.from_json(found.to_json()) == found


class TestInstalled:
    """What is in the state folder's bin/."""

    def test_a_rehearsal_has_scripts(self, sandbox: Sandbox) -> None:
        target = sandbox.target(binaries=install.rehearsal_binaries())
        target.apply([])

        assert sorted(path.name for path in (sandbox.state / "bin").iterdir()) == sorted(PROGRAMS)
        script = (sandbox.state / "bin/vtgate").read_text()
        assert script.startswith("#!/bin/sh\n")
        assert script.endswith(f'exec {sys.executable} -m vitessctl.rehearsal vtgate "$@"\n')
        assert mode(sandbox.state / "bin/vtgate") == 0o755

    @pytest.mark.parametrize(("uid", "consent"), [(0, "1"), (1000, None)])
    def test_as_root_a_rehearsal_says_so_to_the_stand_ins(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, uid: int, consent: str | None
    ) -> None:
        monkeypatch.setattr("os.geteuid", lambda: uid)
        found = install.environment(folder, install.rehearsal_binaries())
        assert found.get("VITESSCTL_REHEARSAL_ROOT") == consent

    @pytest.mark.parametrize(("callers", "added"), [("", ""), ("/opt/packages:/more", ":/opt/packages:/more")])
    def test_packages_are_found_where_the_caller_finds_them(self, folder: Path, callers: str, added: str) -> None:
        from vitessctl.targets.local.launch import own_environment, package_root
        from vitessctl.targets.local.state import StateFolder

        found = own_environment(StateFolder(folder, caller()), {"PYTHONPATH": callers})
        assert found["PYTHONPATH"] == package_root() + added
        assert Path(package_root(), "vitessctl").is_dir()

    def test_the_script_finds_vitessctl_from_anywhere(self, sandbox: Sandbox) -> None:
        import subprocess

        sandbox.target(binaries=install.rehearsal_binaries()).apply([])
        done = subprocess.run(
            [sandbox.state / "bin/mysqlctld", "--no-such-flag"], cwd="/", env={}, capture_output=True, text=True
        )
        assert "unknown flag: --no-such-flag" in done.stderr, done.stderr
        assert done.returncode == 1

    def test_real_ones_are_links(self, sandbox: Sandbox, folder: Path) -> None:
        programs = {"vtctld": executable(folder / "one/vtctld")}
        sandbox.target(binaries=Binaries(programs), name="local", account=caller()).apply([])
        assert (sandbox.state / "bin/vtctld").readlink() == folder / "one/vtctld"

        moved = {"vtctld": executable(folder / "two/vtctld")}
        sandbox.target(binaries=Binaries(moved), name="local", account=caller()).apply([])
        assert (sandbox.state / "bin/vtctld").readlink() == folder / "two/vtctld"

    def test_another_vitess_restarts_what_came_from_the_old_one(self, sandbox: Sandbox, folder: Path) -> None:
        def with_vitess(name: str) -> Binaries:
            return Binaries({"vtctld": executable(folder / name / "bin/vtctld")})

        document = program("vtctld", "vtctld")
        sandbox.target(binaries=with_vitess("one"), name="local", account=caller()).apply([document])
        target = sandbox.target(binaries=with_vitess("two"), name="local", account=caller())

        assert target.apply([document])[0].operation is Operation.UPDATE

    def test_mysqls_root_and_vtroot_reach_the_servers(self, folder: Path) -> None:
        found = install.environment(folder, Binaries({"vtctld": Path("/opt/vt/bin/vtctld")}, Path("/opt/mysql")))
        assert found == {"VTDATAROOT": f"{folder}/data", "VT_MYSQL_ROOT": "/opt/mysql", "VTROOT": "/opt/vt"}

    def test_a_path_that_cannot_be_passed_on(self, folder: Path) -> None:
        from vitessctl.targets.local.faults import LocalError

        with pytest.raises(LocalError, match="VT_MYSQL_ROOT cannot be passed on to the servers"):
            install.settings(folder, Binaries({}, Path('/opt/my"sql')))


class TestVersions:
    @pytest.mark.parametrize(
        ("text", "version"),
        [
            ("vtctld version Version: 24.0.0-SNAPSHOT (Git revision  branch '') built on  by @", "24.0.0"),
            ("Version: 2.1.5 (Git revision 123abc)", "2.1.5"),
            ("vtctld version v18.0.2", "18.0.2"),
            ("no version here", ""),
            ("", ""),
        ],
    )
    def test_what_a_program_says(self, text: str, version: str) -> None:
        assert version_in(text) == version

    def faults(self, folder: Path, said: str, release: str, account: Account | None = None) -> list[str]:
        path = executable(folder / "vtctld", f"#!/bin/sh\necho '{said}'\n")
        return [str(fault) for fault in version_faults(Binaries({"vtctld": path}), release, account or caller())]

    def test_another_release_than_the_specs(self, folder: Path) -> None:
        assert self.faults(folder, "vtctld version Version: 23.0.1 (Git)", "24") == [
            f"{folder}/vtctld: the Vitess programs on this machine are 23.0.1, and the spec is for 24\n"
            "  why: flags, calls and files differ between releases\n"
            '  fix: install Vitess 24, or say `release: "23"` in the spec'
        ]

    @pytest.mark.parametrize(
        ("said", "release"),
        [("Version: 24.0.0-SNAPSHOT", "24"), ("Version: 2.1.5", "2.1"), ("built by hand", "24"), ("", "24")],
    )
    def test_the_same_release_or_one_that_does_not_say(self, folder: Path, said: str, release: str) -> None:
        assert self.faults(folder, said, release) == []

    def test_one_that_cannot_be_run_or_is_not_there(self, folder: Path) -> None:
        broken = executable(folder / "vtctld", "no program")
        assert list(version_faults(Binaries({"vtctld": broken}), "24", caller())) == []
        assert list(version_faults(Binaries({}), "24", caller())) == []

    def test_a_rehearsal_is_of_every_release(self) -> None:
        assert list(version_faults(install.rehearsal_binaries(), "2.1", caller())) == []
