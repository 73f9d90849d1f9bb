"""docs/releases.md: its table of refusals, its tags and its commands beside the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.live import REPOSITORY
from tests.unit.cli.conftest import Cli, cli
from vitessctl import releases
from vitessctl.report.releases_data import difference_data, release_data, table_data

__all__ = ["cli"]
PAGE = (REPOSITORY / "docs" / "releases.md").read_text(encoding="utf-8")
FLOWED = " ".join(PAGE.split())
SPEC = "cluster: shop\ncells: [zone1]\nkeyspaces: {commerce: {tablets: {replica: 3}}}\n"
DIGEST = "@sha256:" + "0" * 64

REFUSED = {
    "MySQL 8.4 before Vitess 20": "images: {vitess: 'vitess/lite:v19.0.10', mysqld: 'mysql:8.4.8'}",
    "MySQL 9 before 23": "images: {vitess: 'vitess/lite:v22.0.4', mysqld: 'mysql:9.7'}",
    "5.7 after 18": "images: {vitess: 'vitess/lite:v19.0.10', mysqld: 'mysql:5.7'}",
    "5.6 after 12": "image: vitess/lite:v13.0.3-mysql56",
    "8.0 before 4": "image: vitess/lite:v3.0-mysql80",
    "MariaDB, as `images.mysqld`": "images: {vitess: 'vitess/lite:v24.0.4', mysqld: 'mariadb:11'}",
    "a flavour of the Vitess image": "image: vitess/lite:v12.0.6-mariadb",
    "before 20, as a flavour": "image: vitess/lite:v19.0.10-mariadb",
    "components more than one release apart": "images: {vitess: 'vitess/lite:v24.0.4', vtgate: 'a/vtgate:v22.0.4'}",
    "a flag in `extra_flags` that the release lacks": (
        "image: vitess/lite:v24.0.4\nextra_flags: {vttablet: {enable_semi_sync: true}}"
    ),
    "such as `30` where 19 and later want `30s`": (
        "image: vitess/lite:v19.0.10\nextra_flags: {vttablet: {queryserver-config-query-timeout: 30}}"
    ),
    "one flag in two spellings": (
        "image: vitess/lite:v24.0.4\nextra_flags: {vtgate: {buffer_size: 1, buffer-size: 2}}"
    ),
    "anything about vtorc before 15": "image: vitess/lite:v14.0.5\nresources: {vtorc: recommended}",
    "has no tag": "image: vitess/lite",
    "`latest`": "image: vitess/lite:latest",
    "a flavour alone (`mysql80`)": "image: vitess/lite:mysql80",
    "only a digest": f"image: vitess/lite{DIGEST}",
    "so is that of one component": "images: {vitess: 'vitess/lite:v24.0.4', vtgate: 'vitess/lite:latest'}",
    "of a release that is not known here": "images: {vitess: 'vitess/lite:v24.0.4', vtgate: 'vitess/lite:v99.0.0'}",
    "`release:` says something else | it is refused: the tag is right": "image: a/vitess/lite:v23.0.7\nrelease: 24",
    "hold no other": "images: {vitess: 'vitess/lite:v24.0.4', vtgate: 'vitess/vtctld:v24.0.4'}",
    "`vitess/vttablet` lacks": "images: {vitess: 'vitess/lite:v15.0.5', vttablet: 'vitess/vttablet:v15.0.5'}",
}
TAKEN = {
    "which MySQL the tag of the Vitess image names does not count": "image: vitess/lite:v20.0.8-mariadb",
    'unless the spec has `release: "24"`': "image: vitess/lite:latest\nrelease: 24",
    "`release:` holds": "image: registry.local:5000/vt:v3\nrelease: 24",
    "that component gets the flags of its own release": (
        "images: {vitess: 'vitess/lite:v24.0.4', vtgate: 'vitess/vtgate:v23.0.7'}"
    ),
    "from 15 on `vitess/vttablet` lacks": (
        "images: {vitess: 'vitess/lite:v14.0.5', vttablet: 'vitess/vttablet:v14.0.5'}"
    ),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_said_to_be_refused_is(cli: Cli, words: str) -> None:
    assert words in FLOWED
    Path("cluster.yaml").write_text(SPEC + REFUSED[words], encoding="utf-8")

    result = cli("validate")

    assert result.code == 5
    assert result.err.count("why:") == 1


@pytest.mark.parametrize("words", TAKEN)
def test_what_is_said_to_hold_does(cli: Cli, words: str) -> None:
    assert words in FLOWED
    Path("cluster.yaml").write_text(SPEC + TAKEN[words], encoding="utf-8")

    assert cli("validate").err == ""


def test_a_policy_and_a_sidecar_are_refused_as_said(cli: Cli) -> None:
    for line, words in (
        ("durability: cross_cell", "a durability policy that the release does not know"),
        ("sidecar_database: _mine", "a sidecar database with a name of its own before 17"),
    ):
        assert words in FLOWED
        spec = SPEC.replace("replica: 3}", f"replica: 3}}, {line}") + "image: vitess/lite:v12.0.6"
        Path("cluster.yaml").write_text(spec, encoding="utf-8")
        assert cli("validate").code == 5


def test_the_preview_is_called_one(cli: Cli) -> None:
    assert "(`v25.0.0`) | the preview, 25-dev; `validate` and `plan` say so" in FLOWED
    Path("cluster.yaml").write_text(f"{SPEC}image: vitess/lite:v25.0.0", encoding="utf-8")
    assert "Vitess 25-dev is a preview" in cli("validate").out


def test_every_tag_that_is_named_tells_its_release() -> None:
    sentence = FLOWED.partition("The tag of the image tells it: ")[2].partition(" | ")[0]
    tags = re.findall(r"`(?:[\w.:/]*lite:)?(v\d[\w.-]*)(?:@sha256:…)?`", sentence)
    assert len(tags) == 6
    assert all(releases.of_image(f"vitess/lite:{tag}{DIGEST}") in releases.names() for tag in tags)


@pytest.mark.parametrize("command", re.findall(r"^    vitessctl (.*)$", PAGE, flags=re.MULTILINE))
def test_a_command_works(cli: Cli, command: str) -> None:
    result = cli(*command.split())

    assert (result.code, result.err) == (0, "")
    assert result.out


def test_the_types_of_the_json() -> None:
    path = [releases.get("23"), releases.get("24")]
    kinds = [each["type"] for each in (table_data([]), release_data(path[0]), difference_data(path, {}))]
    assert ", ".join(f'`"{kind}"`' for kind in kinds[1:]).replace(", ", " or ") in PAGE.replace('`"type": ', "")
    assert f'"type": "{kinds[0]}"' in PAGE
