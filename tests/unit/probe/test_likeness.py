"""Telling a release by the flags that its programs list."""

from __future__ import annotations

import pytest

from vitessctl import releases
from vitessctl.probe import likeness


def listed(name: str, *components: str) -> dict[str, list[str]]:
    release = releases.get(name)
    return {component: release.flags(component) for component in components or ("vttablet", "vtgate", "vtctld")}


@pytest.mark.parametrize("name", releases.names())
def test_every_release_is_most_like_itself(name: str) -> None:
    assert likeness.best(listed(name), "") == name


def test_a_tie_is_what_the_spec_says() -> None:
    """Of mysqlctld alone 24 and 25-dev cannot be told apart."""
    same = ("24", "25-dev")
    assert listed("24", "mysqlctld") == listed("25-dev", "mysqlctld")

    assert [likeness.best(listed(name, "mysqlctld"), name) for name in same] == [*same]


def test_some_flags_more_or_less_change_nothing() -> None:
    found = listed("19")
    found["vttablet"] = [*found["vttablet"][20:], "of-our-own"]

    assert likeness.best(found, "24") == "19"


@pytest.mark.parametrize("found", [{}, {"vtgate": ["verbose", "config", "port"]}])
def test_something_else_is_like_none(found: dict[str, list[str]]) -> None:
    assert likeness.best(found, "24") == ""
