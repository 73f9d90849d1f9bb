"""Tags, dates and notes of releases."""

from __future__ import annotations

import re

import pytest

from vitessctl import releases
from vitessctl.releases import about, knowledge

NAMES = releases.names()


@pytest.mark.parametrize("name", NAMES[:-1])
def test_first_and_last_patch_are_of_the_release_itself(name: str) -> None:
    tags = about.tags(name)
    assert {releases.of_image(f"vitess/lite:{tag}") for tag in (tags.first, tags.last, tags.image)} == {name}
    assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?", tags.date)


def test_releases_came_one_after_the_other() -> None:
    dates = [about.tags(name).date for name in NAMES[:-1]]
    assert dates == sorted(dates)


def test_what_is_not_released_has_no_tags() -> None:
    assert about.tags("25-dev") == about.Tags()


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_note_is_sentences_about_a_release_that_is_known(name: str) -> None:
    assert about.notes(name)
    for note in about.notes(name):
        assert re.fullmatch(r"[A-Za-z/-].*\.", note), note
    assert set(knowledge.read("about")["notes"]) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_flag_in_a_note_is_or_was_one(name: str) -> None:
    known = knowledge.packaged()
    shortened = {"db-config"}
    commands = {"new-master", "new-primary", "avoid-master", "avoid-tablet"}
    for note in about.notes(name):
        for flag in re.findall(r"--([a-z][\w-]*\w)", note):
            key = knowledge.flag_key(flag)
            there = any(known.having(component, key) for component in known.flags)
            assert there or key in shortened | commands, (flag, note)
