"""Which flags a release has, how it spells them, and where the others went."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.releases.support import cases
from vitessctl import releases
from vitessctl.errors import ExitCode
from vitessctl.releases import knowledge

COMPONENTS = ("etcd", "vtctld", "mysqlctld", "vttablet", "vtorc", "vtgate")


def describe(case: dict[str, Any]) -> str:
    return f"{case['component']} {case.get('release', '')} {case.get('given') or case.get('flag')}"


@pytest.mark.parametrize("case", cases(__file__, "flags"), ids=describe)
def test_a_flag_is_spelled_as_the_release_spells_it(case: dict[str, Any]) -> None:
    release = releases.get(case["release"])
    assert release.spelling(case["component"], case["given"]) == case["spelling"]
    assert release.accepts(case["component"], case["given"]) is case["accepts"]


@pytest.mark.parametrize("case", cases(__file__, "unknown"), ids=describe)
def test_a_flag_that_is_not_there_is_explained(case: dict[str, Any]) -> None:
    release = releases.get(case["release"])
    assert release.explain_unknown(case["component"], case["flag"]) == case["says"]
    assert not release.accepts(case["component"], case["flag"])
    with pytest.raises(releases.UnknownFlagError) as caught:
        release.spelling(case["component"], case["flag"])
    bare = case["flag"].lstrip("-")
    assert caught.value.what == f"{case['component']} of Vitess {case['release']} has no flag --{bare}"
    assert caught.value.why == case["says"]
    assert caught.value.exit_code == ExitCode.SPEC


@pytest.mark.parametrize("case", cases(__file__, "history"), ids=describe)
def test_the_catalogue_agrees_with_the_release_notes(case: dict[str, Any]) -> None:
    having = knowledge.packaged().having(case["component"], case["flag"])
    assert having[-1] == case["last"]
    if case["first"] is not None:
        assert having[0] == case["first"]


@pytest.mark.parametrize("name", releases.names())
@pytest.mark.parametrize("component", COMPONENTS)
def test_every_flag_is_accepted_in_its_own_spelling(name: str, component: str) -> None:
    release = releases.get(name)
    flags = release.flags(component)
    assert flags == sorted(set(flags))
    for flag in flags:
        assert release.accepts(component, flag)
        assert release.spelling(component, flag.replace("-", "_")) == flag


def test_the_newest_releases_have_the_numbers_of_flags_that_their_help_lists() -> None:
    counts = {name: {part: len(releases.get(name).flags(part)) for part in COMPONENTS} for name in ("2.1", "24")}
    assert counts["24"]["vttablet"] > 380
    assert counts["24"]["vtorc"] > 90
    assert counts["2.1"]["vtorc"] == 0
    assert counts["2.1"]["etcd"] == counts["24"]["etcd"] == 109


def test_a_flag_that_is_there_in_another_spelling_is_said_to_be() -> None:
    release = releases.get("25-dev")
    assert not release.accepts("vtgate", "cells_to_watch")
    assert release.explain_unknown("vtgate", "cells_to_watch") == "vtgate of 25-dev has it as --cells-to-watch"


@given(st.text(max_size=40))
def test_no_text_makes_the_explanation_fail(flag: str) -> None:
    for name in ("2.1", "24"):
        sentence = releases.get(name).explain_unknown("vttablet", flag)
        assert sentence
        assert "\n" not in sentence or "\n" in flag
