"""A release that nobody has seen yet needs data and nothing else."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.render.clusters import minimal
from vitessctl import releases
from vitessctl.releases import knowledge
from vitessctl.releases.release import build
from vitessctl.render.render import render


@pytest.fixture
def with_99() -> Iterator[knowledge.Knowledge]:
    """What is known, and a release 99 that renames one flag, drops one, and counts vtorc's poll in another."""
    data: dict[str, Any] = {file: copy.deepcopy(knowledge.read(file)) for file in knowledge.FILES}
    data["facts"]["releases"].append("99")
    data["facts"]["facts"]["default_images"] = {
        **{key.replace("24..", "24..25-dev"): value for key, value in data["facts"]["facts"]["default_images"].items()},
        "99": {"etcd": "etcd:v4", "mysqld": "mysql:10.0"},
    }
    _move(data["flags"]["vttablet"], "tablet-path", "..25-dev")
    data["flags"]["vttablet"]["99.."] = "tablet-alias"
    _move(data["flags"]["vtgate"], "enable-buffer", "..25-dev")
    data["options"]["options"]["tablet_alias"].append("tablet-alias")
    for entry in data["lines"]["vtgate"]:
        if entry["option"] == "buffer":
            entry["releases"] = "..25-dev"
    return knowledge.from_data(**data)


def _move(flags: dict[str, str], flag: str, to: str) -> None:
    for text, spelled in flags.items():
        flags[text] = " ".join(each for each in spelled.split(" ") if each != flag)
    flags[to] = flag


def test_it_inherits_what_nobody_took_away(with_99: knowledge.Knowledge) -> None:
    release = build(with_99, "99")
    assert release.rpc == "vtctld"
    assert release.elects_with == "PlannedReparentShard"
    assert release.default_images == {"etcd": "etcd:v4", "mysqld": "mysql:10.0"}
    assert release.option("vtgate", "cells_to_watch") == "cells-to-watch"


def test_it_has_its_own_flags(with_99: knowledge.Knowledge) -> None:
    assert build(with_99, "99").option("vttablet", "tablet_alias") == "tablet-alias"
    assert build(with_99, "24").option("vttablet", "tablet_alias") == "tablet-path"
    assert build(with_99, "99").explain_unknown("vtgate", "enable-buffer") == (
        "vtgate had --enable-buffer from 2.1 to 25-dev, 99 dropped it"
    )


@pytest.mark.parametrize("target", ["local", "kubernetes"])
def test_a_cluster_of_it_renders(with_99: knowledge.Knowledge, target: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge, "packaged", lambda: with_99)
    releases.get.cache_clear()
    try:
        texts = {document.label: document.text for document in render(minimal(release="99"), target)}
    finally:
        releases.get.cache_clear()
    everything = "\n".join(texts.values())
    assert "--tablet-alias=zone1-0000000100" in everything
    assert "--tablet-path" not in everything
    assert "--enable-buffer" not in everything
