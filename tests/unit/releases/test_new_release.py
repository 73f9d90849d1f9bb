"""A release that nobody has seen yet needs data and nothing else."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.short import short_folder
from tests.unit.cli.conftest import Cli, cli
from vitessctl import releases
from vitessctl.releases import knowledge

__all__ = ["cli"]
SPEC = """\
cluster: future
image: vitess/lite:v99.0.0
cells: [zone1]
keyspaces:
  messages: {durability: two_of_three, tablets: {replica: 3}}
extra_flags: {vttablet: {tablet_alias_check: true}}
"""


def data_of_99() -> dict[str, Any]:
    """What is known, and a release 99 beside it. It renames a flag, drops one, and has one for a new option; it has
    another path for vtorc's health, a durability policy, and a MySQL series of its own.
    """
    data: dict[str, Any] = {file: copy.deepcopy(knowledge.read(file)) for file in knowledge.FILES}
    facts = data["facts"]["facts"]
    data["facts"]["releases"].append("99")
    _from_99(facts["default_images"], "24..", {"etcd": "etcd:v4", "mysqld": "mysql:10.0"})
    _from_99(facts["mysql_series"], "23..", ["9", "10"])
    _from_99(facts["durability_policies"], "18..", ["none", "semi_sync", "two_of_three"])
    _from_99(facts["probes"]["vtorc"], "15..", {"ready": "/ready", "live": "/live"})
    _until_25(data["flags"]["vttablet"], "tablet-path")
    _until_25(data["flags"]["vtgate"], "enable-buffer")
    data["flags"]["vttablet"]["99.."] = "tablet-alias tablet-alias-check"
    data["flags"]["vtorc"]["99.."] = "shard-lease"
    data["options"]["options"]["tablet_alias"].append("tablet-alias")
    data["options"]["options"]["shard_lease"] = ["shard-lease"]
    data["lines"]["vtorc"].append({"option": "shard_lease", "value": "10s", "releases": "99.."})
    for entry in data["lines"]["vtgate"]:
        if entry["option"] == "buffer":
            entry["releases"] = "..25-dev"
    return data


def _from_99(by_range: dict[str, Any], until_now: str, value: Any) -> None:
    by_range[f"{until_now}25-dev"] = by_range.pop(until_now)
    by_range["99.."] = value


def _until_25(flags: dict[str, str], flag: str) -> None:
    for text, spelled in flags.items():
        flags[text] = " ".join(each for each in spelled.split(" ") if each != flag)
    flags["..25-dev"] = f"{flags.get('..25-dev', '')} {flag}".strip()


@pytest.fixture
def with_99(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The whole program knows release 99."""
    known = knowledge.from_data(**data_of_99())
    monkeypatch.setattr(knowledge, "packaged", lambda: known)
    releases.get.cache_clear()
    yield
    releases.get.cache_clear()


@pytest.fixture
def spec(cli: Cli, with_99: None) -> Path:
    path = Path("cluster.yaml")
    path.write_text(SPEC, encoding="utf-8")
    return path


def test_it_inherits_what_nobody_took_away(with_99: None) -> None:
    release = releases.get("99")
    assert release.rpc == "vtctld"
    assert release.elects_with == "PlannedReparentShard"
    assert release.option("vtgate", "cells_to_watch") == "cells-to-watch"
    assert releases.names()[-2:] == ("25-dev", "99")


def test_it_has_its_own_facts_and_flags(with_99: None) -> None:
    release = releases.get("99")
    assert release.default_images == {"etcd": "etcd:v4", "mysqld": "mysql:10.0"}
    assert release.option("vttablet", "tablet_alias") == "tablet-alias"
    assert releases.get("24").option("vttablet", "tablet_alias") == "tablet-path"
    assert release.explain_unknown("vtgate", "enable-buffer") == (
        "vtgate had --enable-buffer from 2.1 to 25-dev, 99 dropped it"
    )


def test_a_spec_of_it_is_right(cli: Cli, spec: Path) -> None:
    result = cli("validate")
    assert (result.code, result.err) == (0, "")
    assert result.out == "future: the spec is right. Vitess 99, 1 cell, 1 keyspace, 1 shard, 3 tablets.\n"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ("extra_flags.vtgate.enable-buffer=true", "vtgate had --enable-buffer from 2.1 to 25-dev, 99 dropped it"),
        ("images.mysqld=mysql:8.4.8", "it can start and manage MySQL 9 and 10"),
        ("images.vtgate=vitess/lite:v24.0.4", "vtgate 24 and vitess 99 are more than one release apart"),
        ("keyspaces.messages.durability=cross_cell", "Vitess 99 does not know the durability policy cross_cell"),
    ],
)
def test_a_spec_that_it_cannot_run_is_refused(cli: Cli, spec: Path, changed: str, says: str) -> None:
    result = cli("validate", "-e", changed)
    assert result.code == 5
    assert says in result.err


@pytest.mark.parametrize("target", ["local", "kubernetes"])
def test_a_cluster_of_it_renders(cli: Cli, spec: Path, target: str) -> None:
    result = cli("render", "--target", target)
    assert (result.code, result.err) == (0, "")
    for flag in ("--tablet-alias=zone1-", "--tablet-alias-check=true", "--shard-lease=10s"):
        assert flag in result.out
    for flag in ("--tablet-path", "--enable-buffer"):
        assert flag not in result.out
    if target == "kubernetes":
        assert "path: /ready\n" in result.out.replace('"', "")
        assert "mysql:10.0" in result.out
        assert "etcd:v4" in result.out


def test_a_cluster_of_it_is_planned(cli: Cli, spec: Path) -> None:
    with short_folder() as folder:
        result = cli("plan", "--rehearse", "--state-dir", str(folder / "s"), "--diff")
    assert (result.code, result.err) == (0, "")
    assert "vttablet-zone1-" in result.out
    assert "two_of_three" in result.out


def test_it_is_shown_and_compared(cli: Cli, with_99: None) -> None:
    assert cli("releases").lines[-1].split()[:2] == ["99", "-"]
    shown = cli("releases", "diff", "25-dev", "99", "--component", "vtorc")
    assert (shown.code, shown.err) == (0, "")
    assert "    --shard-lease" in shown.lines
