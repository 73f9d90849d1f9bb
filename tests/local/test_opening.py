"""Which target a command line means."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.local.support import a_cluster
from vitessctl.errors import ExitCode, UsageError
from vitessctl.targets.local import LocalTarget, open_local
from vitessctl.targets.local.account import caller
from vitessctl.targets.local.state import StateFolder


def environ(folder: Path) -> dict[str, str]:
    return {"HOME": str(folder), "PATH": "/usr/bin"}


def exists(folder: Path, target: str) -> None:
    StateFolder(folder / f".local/state/vitessctl/shop-{target}", caller()).create("shop", target)


@pytest.fixture(autouse=True)
def nobody_in_particular(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not root, whose clusters are elsewhere."""
    import os

    if os.geteuid() == 0:
        monkeypatch.setattr("vitessctl.targets.local.opening.os.geteuid", lambda: 1000)


@pytest.mark.parametrize("name", ["local", "rehearsal"])
def test_by_name(folder: Path, name: str) -> None:
    target = open_local(a_cluster(), name, None, environ(folder))
    assert isinstance(target, LocalTarget)
    assert target.name == name
    assert target.state.path == folder / f".local/state/vitessctl/shop-{name}"
    assert not target.state.exists, "looking changes nothing"


def test_the_folder_may_be_given(folder: Path) -> None:
    target = open_local(a_cluster(), "rehearsal", folder / "mine", environ(folder))
    assert target.state.path == folder / "mine"


def test_a_relative_folder_is_below_where_one_stands(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert open_local(a_cluster(), "rehearsal", Path("mine"), environ(folder)).state.path == folder / "mine"


@pytest.mark.parametrize("name", ["local", "rehearsal"])
def test_without_a_name_the_one_that_is_there(folder: Path, name: str) -> None:
    exists(folder, name)
    assert open_local(a_cluster(), "", None, environ(folder)).name == name


def test_a_given_folder_says_itself_what_it_is(folder: Path) -> None:
    StateFolder(folder / "mine", caller()).create("shop", "rehearsal")
    assert open_local(a_cluster(), "", folder / "mine", environ(folder)).name == "rehearsal"


def test_when_there_is_none(folder: Path) -> None:
    with pytest.raises(UsageError) as caught:
        open_local(a_cluster(), "", None, environ(folder))
    places = f"{folder}/.local/state/vitessctl"
    assert str(caught.value) == (
        f"{places}/shop-local, {places}/shop-rehearsal: shop is not on this machine\n"
        "  fix: bring it up with `vitessctl up`, or name its folder with --state-dir"
    )
    assert caught.value.exit_code is ExitCode.SPEC


def test_when_there_are_two(folder: Path) -> None:
    exists(folder, "local")
    exists(folder, "rehearsal")
    with pytest.raises(UsageError) as caught:
        open_local(a_cluster(), "", None, environ(folder))
    assert caught.value.what == "shop is both real and rehearsed on this machine"
    assert caught.value.fix == "say which one with --local or --rehearse"


def test_a_rehearsal_is_not_taken_for_the_real_thing(folder: Path) -> None:
    """The same folder with the other servers would mix their data."""
    StateFolder(folder / "mine", caller()).create("shop", "rehearsal")
    with pytest.raises(UsageError) as caught:
        open_local(a_cluster(), "local", folder / "mine", environ(folder))
    assert str(caught.value) == (
        f"{folder}/mine: the folder holds a rehearsal of shop\n"
        "  why: real and stand-in servers cannot share their data\n"
        "  fix: use --rehearse, or another folder with --state-dir"
    )


def test_nor_one_cluster_for_another(folder: Path) -> None:
    StateFolder(folder / "mine", caller()).create("other", "local")
    with pytest.raises(UsageError) as caught:
        open_local(a_cluster(), "local", folder / "mine", environ(folder))
    assert str(caught.value) == (
        f"{folder}/mine: the folder holds the cluster other, not shop\n  fix: use another folder with --state-dir"
    )


def test_a_marker_that_cannot_be_read_is_not_trusted(folder: Path) -> None:
    StateFolder(folder / "mine", caller()).create("shop", "local")
    (folder / "mine/.vitessctl-state").write_text("{")
    with pytest.raises(UsageError, match="the folder holds the cluster , not shop"):
        open_local(a_cluster(), "local", folder / "mine", environ(folder))


def test_the_package_gives_nothing_else() -> None:
    import vitessctl.targets.local as package

    with pytest.raises(AttributeError):
        package.no_such_name  # noqa: B018
