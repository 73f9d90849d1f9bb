"""Every packaged inventory, and every one that `init` writes, is a sound spec."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from vitessctl import releases
from vitessctl.model.build import build
from vitessctl.releases import UnknownReleaseError
from vitessctl.spec import load, schema
from vitessctl.spec.scaffold import PROFILES, files

FOLDER = Path(__file__).parents[3] / "inventories"
NAMES = sorted(path.name for path in FOLDER.iterdir())

TABLETS = {
    "minimal": [
        "zone1-0000000100 messages/0 replica",
        "zone1-0000000101 messages/0 replica",
        "zone1-0000000102 messages/0 replica",
    ],
    "sharded": [
        "zone1-0000000200 messages/-80 replica",
        "zone1-0000000201 messages/-80 replica",
        "zone1-0000000300 messages/80- replica",
        "zone1-0000000301 messages/80- replica",
    ],
    "vitess-2.1": [
        "test-0000000100 test_keyspace/0 replica",
        "test-0000000101 test_keyspace/0 replica",
        "test-0000000102 test_keyspace/0 replica",
        "test-0000000103 test_keyspace/0 rdonly",
        "test-0000000104 test_keyspace/0 rdonly",
    ],
}


@pytest.mark.parametrize("name", NAMES)
def test_an_inventory_is_sound(name: str) -> None:
    cluster = build(load(FOLDER / name))
    assert cluster.release in releases.names()
    assert all(cluster.images.values())


@pytest.mark.parametrize("name", NAMES)
def test_an_inventory_tells_editors_its_schema(name: str) -> None:
    first = (FOLDER / name / "cluster.yaml").read_text(encoding="utf-8").splitlines()[0]
    target = first.removeprefix("# yaml-language-server: $schema=")
    assert (FOLDER / name / target).resolve() == schema.FILE


@pytest.mark.parametrize("name", TABLETS)
def test_the_tablets_of_an_inventory(name: str) -> None:
    tablets = build(load(FOLDER / name)).tablets()
    assert [f"{tablet.alias} {tablet.keyspace}/{tablet.shard} {tablet.type}" for tablet in tablets] == TABLETS[name]


def test_the_first_trial_has_no_resources() -> None:
    cluster = build(load(FOLDER / "vitess-2.1"))
    assert cluster.resources == {}
    assert cluster.images["mysqld"] == cluster.images["vttablet"] == "vitess/lite:v2.1"


@pytest.mark.parametrize("release", releases.names())
@pytest.mark.parametrize("profile", PROFILES)
def test_what_init_writes_is_sound(profile: str, release: str, tmp_path: Path) -> None:
    for name, text in files(profile, release).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    cluster = build(load(tmp_path))
    assert cluster.release == release
    first = (tmp_path / "cluster.yaml").read_text(encoding="utf-8").splitlines()[0]
    target = tmp_path / first.removeprefix("# yaml-language-server: $schema=")
    assert json.loads(target.read_text(encoding="utf-8")) == schema.load()


def test_commented_fields_of_the_first_file_are_sound_when_uncommented(tmp_path: Path) -> None:
    """A hint that does not work when it is followed is worse than none."""
    text = files("minimal", "24")["cluster.yaml"]
    lines = []
    for line in text.splitlines():
        stripped = line.lstrip()
        body = stripped.removeprefix("# ")
        is_field = (
            (body.split(":")[0].isidentifier() and ": " in body) or body.endswith(":") or body.startswith(("  ", "- "))
        )
        lines.append(line.replace("# ", "", 1) if stripped.startswith("# ") and is_field else line)
    uncommented = yaml.safe_load("\n".join(lines))
    for name in ("messages.sql", "messages.json"):
        (tmp_path / "schema").mkdir(exist_ok=True)
        (tmp_path / "schema" / name).write_text('{"sharded": true}', encoding="utf-8")
    path = tmp_path / "cluster.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    spec = load(path, environment={"APP_PASSWORD": "x"})
    assert spec.data.keys() == {"cluster", "images", "cells", "keyspaces", "users", "extra_flags", "local"}
    assert uncommented["keyspaces"]["messages"].keys() == {"tablets", "durability", "shards", "schema", "vschema"}


def test_init_refuses_what_is_not_known() -> None:
    with pytest.raises(UnknownReleaseError):
        files("minimal", "99")
    with pytest.raises(KeyError):
        files("huge", "24")
