"""The table of commands: every call has one in every release of the service, and in no word of another release."""

from __future__ import annotations

import re

import pytest

from vitessctl import releases
from vitessctl.vtctld.legacy.commands import command, table, words_of

LEGACY = [name for name in releases.names() if releases.get(name).rpc == "legacy"]
ONLY_UNTIL_12 = ("first_primary",)


@pytest.mark.parametrize("release", LEGACY)
@pytest.mark.parametrize("call", table())
def test_every_release_has_every_command(release: str, call: str) -> None:
    found = releases.get(release)
    if call in ONLY_UNTIL_12 and not found.within("..12"):
        with pytest.raises(KeyError, match=f"Vitess {release} has no command for first_primary"):
            words_of(found, call)
    else:
        assert words_of(found, call)[0].isalpha()


@pytest.mark.parametrize("release", LEGACY)
def test_the_words_for_a_primary_and_a_replica_change_with_the_release(release: str) -> None:
    found = releases.get(release)
    calls = [call for call in table() if call not in ONLY_UNTIL_12 or found.within("..12")]
    said = " ".join(" ".join(words_of(found, call)) for call in calls)
    assert ("master" in said.lower()) == found.within("..11")
    assert ("slave" in said.lower()) == found.within("..6")
    assert ("--new_primary=" in said) == found.within("12..")


def test_what_elects_is_what_the_facts_say() -> None:
    for release in LEGACY:
        found = releases.get(release)
        call = "plan_reparent" if found.within("13..") else "first_primary"
        assert words_of(found, call)[0] == found.elects_with


def test_flags_are_written_with_two_dashes_and_a_value() -> None:
    flags = [word for rows in table().values() for words in rows.values() for word in words if word.startswith("-")]
    assert flags
    assert [flag for flag in flags if not re.fullmatch(r"--[\w-]+(=.+)?", flag)] == []


def test_a_value_is_one_word_whatever_is_in_it() -> None:
    words = command(releases.get("9"), "fetch_as_dba", rows="5", alias="zone1-100", query="select ' --json {rows}'")
    assert words[-1] == "select ' --json {rows}'"
    assert len(words) == 5


def test_a_flag_without_a_value_is_left_out() -> None:
    values = {"keyspace": "commerce", "shard": "0", "wait": "30s"}
    assert command(releases.get("8"), "emergency_reparent", alias="", ignored="", **values) == [
        "EmergencyReparentShard",
        "--keyspace_shard=commerce/0",
        "--wait_replicas_timeout=30s",
    ]


def test_a_value_that_is_forgotten_is_an_error() -> None:
    with pytest.raises(KeyError, match="alias"):
        command(releases.get("8"), "start_replication")
