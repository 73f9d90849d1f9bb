"""What stand-ins print of themselves: as the real ones, so that a check of images reads both."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.rehearsal.control.programs import ROOT
from vitessctl import releases
from vitessctl.probe import helptext, likeness, versions
from vitessctl.rehearsal.launch import main
from vitessctl.rehearsal.mysqld import series
from vitessctl.rehearsal.mysqld.series import VARIABLE as MYSQL_VARIABLE
from vitessctl.rehearsal.servenv.help import ETCD_VARIABLE, VITESS

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[str]:
    """Of which the stand-ins are. A process has one MySQL for life: here it is forgotten before and after."""
    name = str(request.param)
    monkeypatch.setenv("VITESSCTL_RELEASE", name)
    monkeypatch.setattr("vitessctl.rehearsal.launch.die_of_signals", lambda: None)
    series.version.cache_clear()
    yield name
    series.version.cache_clear()


every_release = pytest.mark.parametrize("release", releases.names(), indirect=True)


@every_release
def test_help_lists_every_flag_and_so_tells_the_release(release: str, capsys: Captured) -> None:
    go = releases.get(release).flag_parser == "go"
    listed = {}
    for component in sorted(VITESS):
        code = main([component, "--help"])
        out, err = capsys.readouterr()
        assert (code, bool(err)) == (0, go), "Go writes it to standard error"
        found = helptext.parse((out + err).splitlines())
        assert set(found.flags) == set(releases.get(release).flags(component))
        assert found.single == go or not found.flags
        listed[component] = tuple(found.flags)
    assert likeness.best(listed, release) == release


@every_release
def test_the_version_is_that_of_the_release(release: str, capsys: Captured) -> None:
    if not releases.get(release).accepts("vtgate", "version"):
        pytest.skip("it has no such flag")
    assert main(["vtgate", "--version"]) == 0

    assert versions.release_of(versions.of_vitess(capsys.readouterr().out.splitlines())) == release


@every_release
def test_mysql_is_one_that_the_release_can_manage(release: str, capsys: Captured) -> None:
    assert main(["mysqld", "--version"]) == 0

    version = versions.of_mysqld(capsys.readouterr().out.splitlines())
    assert versions.series_of(version) in releases.get(release).mysql_series


@pytest.mark.parametrize("release", ["24"], indirect=True)
@pytest.mark.parametrize(("variable", "program"), [(MYSQL_VARIABLE, "mysqld"), (ETCD_VARIABLE, "etcd")])
def test_an_image_may_say_which_version(
    release: str, variable: str, program: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "7.8.9")

    assert main([program, "--version"]) == 0

    assert "7.8.9" in capsys.readouterr().out


@pytest.mark.parametrize("release", ["24"], indirect=True)
def test_etcd_lists_its_flags(release: str, capsys: Captured) -> None:
    assert main(["etcd", "--help"]) == 0

    found = helptext.parse(capsys.readouterr().out.splitlines())
    assert "initial-cluster" in found.flags
    assert not found.kinds


def test_only_the_first_word_asks_for_it() -> None:
    """Behind an unknown flag the parser has the word, as in the real ones."""
    done = subprocess.run(
        [sys.executable, "-m", "vitessctl.rehearsal", "vtgate", "--no-such-flag", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "VITESSCTL_RELEASE": "24"},
        timeout=60,
    )
    assert done.returncode == 1
    assert "unknown flag: --no-such-flag" in done.stderr
