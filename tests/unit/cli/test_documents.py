"""init, validate and render: what they write and print, the same every time, and no secret of it."""

from __future__ import annotations

import itertools
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.unit.cli.conftest import MINIMAL, Cli

SECRET = "hunter2secret"
WITH_USERS = f"""\
cluster: guestbook
image: vitess/lite:v24.0.4
cells: [zone1]
keyspaces: {{messages: {{tablets: {{replica: 2}}}}}}
users: [{{name: app, password: {SECRET}}}]
"""
TARGETS = ("kubernetes", "local")


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path there."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# validate


def test_a_right_spec_is_said_to_be_right(cli: Cli) -> None:
    result = cli("validate", "-i", str(MINIMAL))

    assert (result.code, result.err) == (0, "")
    assert result.out == "minimal: the spec is right. Vitess 24, 1 cell, 1 keyspace, 1 shard, 3 tablets.\n"


def test_verbose_lists_the_tablets(cli: Cli) -> None:
    assert cli("validate", "-i", str(MINIMAL), "-v").lines[1:] == [
        f"  zone1-000000010{number}  messages/0  replica" for number in range(3)
    ]


def test_as_json(cli: Cli) -> None:
    assert json.loads(cli("validate", "-i", str(MINIMAL), "--output", "json").out) == {
        "type": "valid",
        "cluster": "minimal",
        "release": "24",
        "errors": [],
        "notes": [],
    }


def test_overrides_count(cli: Cli) -> None:
    result = cli("validate", "-i", str(MINIMAL), "-e", "cluster=other", "--image", "vitess/lite:v2.1")

    assert result.out.startswith("other: the spec is right. Vitess 2.1, ")


def test_every_error_at_once_with_its_place(cli: Cli, inventory: Callable[[str], Path]) -> None:
    folder = inventory("cluster: guestbook\nimage: vitess/lite:v24.0.4\ncells: [zone1]\nkeyspaces: 7\nzones: 1\n")

    result = cli("validate", "-i", str(folder))

    assert result.code == 5
    assert result.err.splitlines()[-1] == "2 errors in the spec"
    assert f"{folder}/cluster.yaml:4:12: " in result.err
    assert f"{folder}/cluster.yaml:5:1: " in result.err


# render


@pytest.mark.parametrize("target", TARGETS)
def test_the_same_bytes_every_time(cli: Cli, target: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        result = cli("render", "-i", str(MINIMAL), "--target", target, "-o", str(tmp_path / name))
        assert result.code == 0

    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert len(files_of(tmp_path / "one")) > 5
    assert cli("render", "-i", str(MINIMAL), "--target", target).out == (
        cli("render", "-i", str(MINIMAL), "--target", target).out
    )


@pytest.mark.parametrize("target", TARGETS)
def test_the_same_bytes_from_anywhere(cli: Cli, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = cli("render", "-i", str(MINIMAL), "--target", target).out
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONHASHSEED", "7")

    assert cli("render", "-i", os.path.relpath(MINIMAL), "--target", target).out == here


def test_kubernetes_is_the_target_if_none_is_named(cli: Cli) -> None:
    assert cli("render", "-i", str(MINIMAL)).out == cli("render", "-i", str(MINIMAL), "--target", "kubernetes").out


def test_the_screen_is_one_yaml_stream(cli: Cli) -> None:
    result = cli("render", "-i", str(MINIMAL))

    objects = list(yaml.safe_load_all(result.out))
    names = [name.removeprefix("# ") for mark, name in itertools.pairwise(result.lines) if mark == "---"]
    assert len(objects) > 5
    assert [f"{found['kind']}/{found['metadata']['name']}" for found in objects] == names


def test_the_folder_has_a_file_for_each_document_by_stage(cli: Cli, tmp_path: Path) -> None:
    result = cli("render", "-i", str(MINIMAL), "-o", str(tmp_path / "manifests"))

    found = files_of(tmp_path / "manifests")
    assert result.out == f"{len(found)} documents in {tmp_path / 'manifests'}\n"
    assert "etcd/statefulset-minimal-etcd.yaml" in found
    assert {path.partition("/")[0] for path in found} >= {"etcd", "vtctld", "mysql", "vtorc", "vtgate"}


def test_verbose_names_the_template_of_each(cli: Cli, tmp_path: Path) -> None:
    result = cli("render", "-i", str(MINIMAL), "--target", "local", "-o", str(tmp_path / "out"), "-v")

    assert "  vtctld.program.conf  from local/vtctld.conf.j2" in result.lines
    assert len(result.lines) == 1 + len(files_of(tmp_path / "out"))


def test_ones_own_template_wins(cli: Cli, inventory: Callable[[str], Path]) -> None:
    folder = inventory((MINIMAL / "cluster.yaml").read_text())
    packaged = MINIMAL.parent.parent / "templates" / "local" / "vtctld.conf.j2"
    own = folder / "templates" / "local" / "vtctld.conf.j2"
    own.parent.mkdir(parents=True)
    own.write_text("; ours\n" + packaged.read_text())

    assert "; ours\n" in cli("render", "-i", str(folder), "--target", "local").out


# Secrets


@pytest.mark.parametrize("target", TARGETS)
def test_the_screen_shows_no_secret(cli: Cli, inventory: Callable[[str], Path], target: str) -> None:
    folder = inventory(WITH_USERS)

    result = cli("render", "-i", str(folder), "--target", target, "-vvv")

    assert SECRET not in result.out + result.err
    assert "# not shown: it holds secrets; --show-secrets shows it" in result.lines


@pytest.mark.parametrize("target", TARGETS)
def test_unless_it_is_told_to(cli: Cli, inventory: Callable[[str], Path], target: str) -> None:
    shown = cli("render", "-i", str(inventory(WITH_USERS)), "--target", target, "--show-secrets")

    assert "# not shown" not in shown.out
    assert SECRET in shown.out or target == "kubernetes"


@pytest.mark.parametrize("target", TARGETS)
def test_a_file_with_a_secret_is_its_owners_alone(
    cli: Cli, inventory: Callable[[str], Path], tmp_path: Path, target: str
) -> None:
    folder, out = inventory(WITH_USERS), tmp_path / "out"
    for _ in range(2):
        assert cli("render", "-i", str(folder), "--target", target, "-o", str(out)).code == 0
        secret = [path for path in out.rglob("*") if path.is_file() and "users" in path.name + path.read_text()]
        holding = [path for path in secret if SECRET in path.read_text() or "secret" in path.name]
        assert holding, "no file holds the password"
        for path in holding:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            path.chmod(0o644)


@pytest.mark.parametrize(
    "words",
    [
        ("validate",),
        ("validate", "--output", "json"),
        ("validate", "-v"),
        ("render", "-o", "out", "-v"),
        ("validate", "-e", "cells=[]"),
        ("validate", "-e", "keyspaces=7", "--output", "json"),
        ("validate", "-e", f"users.0.password={SECRET}"),
        ("validate", "-e", f'{{"users": [{{"name": "app", "password": ["{SECRET}"]}}]}}'),
        ("validate", "-e", f'{{"users": [{{"name": "app", "password": {{"{SECRET}": 1}}}}]}}'),
        ("validate", "-e", f'{{"users": [{{"name": "app", "pasword": "{SECRET}"}}]}}'),
    ],
    ids=lambda words: " ".join(words).replace(SECRET, "SECRET"),
)
def test_no_command_repeats_a_password(cli: Cli, inventory: Callable[[str], Path], words: tuple[str, ...]) -> None:
    folder = inventory(WITH_USERS)

    result = cli(words[0], "-i", str(folder), *words[1:])

    assert SECRET not in result.out + result.err
    assert "has a bug" not in result.err


# Folders that cannot be written


@pytest.mark.parametrize("place", ["/dev/null/x", "taken"])
def test_a_folder_that_cannot_be_written_is_told_with_its_reason(cli: Cli, place: str) -> None:
    Path("taken").write_text("a file")

    result = cli("render", "-i", str(MINIMAL), "-o", place)

    assert result.code == 1
    what, why, fix = result.err.splitlines()
    assert what.startswith(f"cannot write {place}/")
    assert why.startswith("  why: ")
    assert fix == "  fix: choose another folder, or make it one that you may write to"


# init


@pytest.mark.parametrize("profile", ["minimal", "production"])
@pytest.mark.parametrize("release", ["24", "2.1"])
def test_a_new_inventory_is_right_as_it_is(cli: Cli, profile: str, release: str) -> None:
    made = cli("init", "mine", "--profile", profile, "--release", release)

    assert (made.code, made.err) == (0, "")
    assert "wrote mine/cluster.yaml" in made.lines
    assert made.lines[-1] == "next:  vitessctl validate -i mine  &&  vitessctl up -i mine --rehearse"
    checked = cli("validate", "-i", "mine")
    assert (checked.code, checked.err) == (0, "")
    assert f"Vitess {release}," in checked.out
    assert cli("render", "-i", "mine").code == 0


def test_what_it_writes_is_explained_and_known_to_editors(cli: Cli) -> None:
    cli("init", "mine")

    text = Path("mine/cluster.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=")
    assert text.count("#") > 5


def test_it_never_overwrites(cli: Cli) -> None:
    cli("init", "mine")
    Path("mine/cluster.yaml").write_text("mine: 1\n")

    result = cli("init", "mine")

    assert result.code == 5
    assert result.err.startswith("mine already holds cluster.yaml")
    assert Path("mine/cluster.yaml").read_text() == "mine: 1\n"


def test_a_release_that_is_not_known(cli: Cli) -> None:
    result = cli("init", "mine", "--release", "99")

    assert result.code == 5
    assert "99" in result.err
    assert not Path("mine").exists()


def test_where_it_may_not_write(cli: Cli) -> None:
    assert cli("init", "/dev/null/mine").err.startswith("cannot write /dev/null/mine/")
