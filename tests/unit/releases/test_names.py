"""Which releases there are, and which one an image holds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.releases.support import cases
from vitessctl import releases
from vitessctl.errors import ExitCode
from vitessctl.releases.image import tag_of


def test_every_release_from_the_first_one_on_is_known_in_order() -> None:
    assert releases.names() == (
        *("2.1", "2.2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"),
        *("14", "15", "16", "17", "18", "19", "20", "21", "22", "23", "24", "25-dev"),
    )
    assert [releases.get(name).order for name in releases.names()] == list(range(25))


def test_a_release_is_made_once() -> None:
    assert releases.get("24") is releases.get("24")


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("2.3", "did you mean 23?"),
        ("v24", "did you mean 24?"),
        ("v24.0.4-mysql80", "did you mean 24?"),
        ("2.1.1", "did you mean 2.1?"),
        ("25", "did you mean 25-dev?"),
        ("99", "write the major version, such as 24"),
        ("latest", "write the major version, such as 24"),
        ("", "write the major version, such as 24"),
    ],
)
def test_an_unknown_release_is_refused_with_the_known_ones(name: str, fix: str) -> None:
    with pytest.raises(releases.UnknownReleaseError) as caught:
        releases.get(name)
    assert caught.value.what == f"there is no Vitess release {name!r}"
    assert caught.value.why == f"the known releases are {', '.join(releases.names())}"
    assert caught.value.fix == fix
    assert caught.value.exit_code == ExitCode.SPEC


@pytest.mark.parametrize("case", cases(__file__, "images"), ids=lambda case: case["image"] or "(empty)")
def test_the_tag_of_an_image_tells_its_release(case: dict[str, Any]) -> None:
    found = releases.of_image(case["image"])
    assert found == case["release"]
    if found is not None:
        assert (found in releases.names()) is case.get("known", True)


@pytest.mark.parametrize("name", releases.names())
def test_every_release_is_told_from_its_own_image(name: str) -> None:
    number = name.removesuffix("-dev")
    assert releases.of_image(f"vitess/lite:v{number}") == name
    assert releases.of_image(f"registry.local:5000/vitess/lite:v{number}@sha256:00ff") == name


@pytest.mark.parametrize(
    ("reference", "tag"),
    [
        ("vitess/lite:v24.0.4", "v24.0.4"),
        ("registry:5000/vitess/lite", ""),
        ("registry:5000/vitess/lite:v1@sha256:00", "v1"),
        (" vitess/lite:v24 ", "v24"),
    ],
)
def test_a_registrys_port_and_a_digest_are_no_tags(reference: str, tag: str) -> None:
    assert tag_of(reference) == tag


@pytest.mark.parametrize(
    ("reference", "name", "official"),
    [
        ("vitess/lite:v24.0.4", "lite", True),
        ("vitess/vtgate", "vtgate", True),
        ("docker.io/vitess/lite@sha256:00", "lite", True),
        ("registry.local:5000/mirror/vitess/vttablet:v24.0.4@sha256:00", "vttablet", True),
        ("registry.local:5000/db/vtgate:v24.0.4", "vtgate", False),
        ("notvitess/lite:v24.0.4", "lite", False),
        ("vitess:v24", "vitess", False),
        ("", "", False),
    ],
)
def test_images_of_the_project_are_known_by_their_name(reference: str, name: str, official: bool) -> None:
    assert releases.image_name(reference) == name
    assert releases.is_vitess_image(reference) is official


@pytest.mark.parametrize(
    ("fact", "member", "first", "last"),
    [
        ("mysql_series", "8.4", "20", "25-dev"),
        ("mysql_series", "9", "23", "25-dev"),
        ("mysql_series", "5.6", "2.1", "12"),
        ("mysql_series", "5.7", "2.1", "18"),
        ("durability_policies", "semi_sync_with_rdonly_ack", "18", "25-dev"),
    ],
)
def test_which_releases_have_something(fact: str, member: str, first: str, last: str) -> None:
    having = releases.having(fact, member)
    assert (having[0], having[-1]) == (first, last)


def test_what_no_release_has() -> None:
    assert releases.having("mysql_series", "4.1") == ()


@pytest.mark.parametrize(
    ("one", "other", "way"),
    [
        ("24", "24", ()),
        ("23", "24", ()),
        ("24", "23", ()),
        ("20", "24", ("21", "22", "23")),
        ("24", "21", ("23", "22")),
        ("2.1", "3", ("2.2",)),
    ],
)
def test_what_lies_between_two_releases_in_the_order_of_the_way(one: str, other: str, way: tuple[str, ...]) -> None:
    assert releases.between(one, other) == way
