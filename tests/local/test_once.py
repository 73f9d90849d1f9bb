"""Running programs of this machine once, for what they print."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from tests.local.support import a_cluster, program
from vitessctl.errors import NotReadyError
from vitessctl.probe.check import check
from vitessctl.render.render import render
from vitessctl.targets.base import Answer, Question
from vitessctl.targets.local import once
from vitessctl.targets.local.account import caller
from vitessctl.targets.local.binaries import Binaries
from vitessctl.targets.local.install import rehearsal_binaries
from vitessctl.targets.local.target import LocalTarget


def script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def asked(
    folder: Path,
    binaries: Binaries,
    name: str = "vtctld",
    argument: str = "--help",
    cancelled: threading.Event | None = None,
) -> Answer:
    target = LocalTarget(a_cluster(), folder / "state", binaries, account=caller(), environ={"HOME": "/nowhere"})
    question = Question("it", program("vtctld"), "", name, argument)
    with target:
        [answer] = target.run_once([question], cancelled or threading.Event())
    return answer


def test_both_what_it_prints_and_what_it_complains_of(folder: Path) -> None:
    path = script(folder, "vtctld", "#!/bin/sh\necho out $1; echo err >&2; exit 2\n")

    answer = asked(folder, Binaries({"vtctld": path}))

    assert (sorted(answer.lines), answer.exit_code, answer.trouble) == (["err", "out --help"], 2, None)
    assert not (folder / "state").exists(), "nothing is made for it"


def test_it_knows_little_of_who_asks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_MINE", "1")
    path = script(folder, "vtctld", "#!/bin/sh\nenv; pwd\n")

    lines = asked(folder, Binaries({"vtctld": path})).lines

    assert "VITESSCTL_RELEASE=24" in lines
    assert lines[-1] == "/"
    assert not any("SECRET_OF_MINE" in line for line in lines)


def test_a_program_that_is_not_here(folder: Path) -> None:
    trouble = asked(folder, Binaries({}, searched=("PATH",))).trouble

    assert trouble is not None
    assert trouble.reason == "not found on this machine: vtctld (looked in PATH)"
    assert "VTROOT" in trouble.fix


def test_mysqld_is_where_vitess_would_find_it(folder: Path) -> None:
    script(folder, "usr/sbin/mysqld", "#!/bin/sh\necho mysqld Ver 8.4.6\n")

    answer = asked(folder, Binaries({}, mysql_root=folder / "usr"), "mysqld", "--version")

    assert answer.lines == ("mysqld Ver 8.4.6",)


def test_a_path_of_a_template_of_ones_own(folder: Path) -> None:
    path = script(folder, "own", "#!/bin/sh\necho mine\n")

    assert asked(folder, Binaries({}), str(path)).lines == ("mine",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [("\x7fELF of another kind", "made for another kind of processor"), ("#!/no/such/shell\n", "cannot be run")],
)
def test_what_the_kernel_does_not_run(folder: Path, content: str, reason: str) -> None:
    path = script(folder, "vtctld", content)

    trouble = asked(folder, Binaries({"vtctld": path})).trouble

    assert trouble is not None
    assert reason in trouble.reason


def test_nobody_waits_for_a_program_that_does_not_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "SECONDS", 0.2)
    path = script(folder, "vtctld", "#!/bin/sh\nexec sleep 60\n")

    trouble = asked(folder, Binaries({"vtctld": path})).trouble

    assert trouble is not None
    assert "did not end within" in trouble.reason


def test_a_run_that_is_cancelled_runs_no_more_programs(folder: Path) -> None:
    path = script(folder, "vtctld", f"#!/bin/sh\ntouch {folder}/ran\n")
    cancelled = threading.Event()
    cancelled.set()

    with pytest.raises(NotReadyError, match="not waited for any longer"):
        asked(folder, Binaries({"vtctld": path}), cancelled=cancelled)
    assert not (folder / "ran").exists()


def test_stand_ins_are_what_a_rehearsal_takes_them_for(folder: Path) -> None:
    cluster = a_cluster()
    with LocalTarget(cluster, folder / "state", rehearsal_binaries(), "rehearsal", account=caller()) as target:
        found = check(cluster, render(cluster, "local"), target)

    assert [error.what for error in found.errors] == []
    assert {row.component for row in found.rows} == {
        *("etcd", "vtctld", "mysqlctld", "mysqld", "vttablet", "vtorc", "vtgate")
    }
    assert {row.result for row in found.rows} == {"ok"}


@pytest.mark.skipif(not os.environ.get("VITESS_BIN"), reason="VITESS_BIN names no folder with Vitess")
def test_real_vitess_takes_what_is_rendered(folder: Path) -> None:
    cluster = a_cluster()
    folder_of_vitess = Path(os.environ["VITESS_BIN"])
    binaries = Binaries({name: folder_of_vitess / name for name in ("vtctld", "vttablet", "vtgate", "mysqlctld")})
    with LocalTarget(cluster, folder / "state", binaries, account=caller()) as target:
        wanted = [each for each in render(cluster, "local") if each.component in binaries.programs]
        found = check(cluster, wanted, target)

    assert [error.what for error in found.errors if "mysqld" not in error.what] == []
