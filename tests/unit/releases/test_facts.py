"""What is said about releases, and that the data files hold together."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tests.unit.releases.support import cases
from vitessctl import releases
from vitessctl.releases import knowledge, ranges
from vitessctl.releases.release import Probe, Release
from vitessctl.render import facts

NAMES = releases.names()
COMPONENTS = ("etcd", "vtctld", "mysqlctld", "vttablet", "vtorc", "vtgate")


def as_data(release: Release) -> dict[str, Any]:
    """Everything a release says, in the words of the case file."""
    values = {
        field.name: getattr(release, field.name)
        for field in dataclasses.fields(release)
        if field.name not in ("name", "order", "probes", "_knowledge")
    }
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return {**values, "probes": {component: [probe.ready, probe.live] for component, probe in release.probes.items()}}


@pytest.mark.parametrize(("name", "expected"), cases(__file__, "facts").items())
def test_all_facts_of_a_release(name: str, expected: dict[str, Any]) -> None:
    assert as_data(releases.get(name)) == expected


@pytest.mark.parametrize("name", NAMES)
def test_no_release_lacks_a_fact(name: str) -> None:
    assert [fact for fact, value in as_data(releases.get(name)).items() if value is None] == []


@pytest.mark.parametrize("fact", knowledge.packaged().facts)
def test_each_release_lies_in_one_range_of_a_fact(fact: str) -> None:
    known = knowledge.packaged().facts[fact]
    tables = known.values() if fact == "probes" else [known]
    for by_range in tables:
        for name in NAMES:
            assert sum(ranges.holds(text, name, NAMES) for text in by_range) <= 1, (fact, name)


def test_the_words_for_a_primary_change_with_12() -> None:
    words = {name: (releases.get(name).primary_type, releases.get(name).elects_with) for name in ("11", "12", "13")}
    assert words == {
        "11": ("master", "InitShardMaster"),
        "12": ("primary", "InitShardPrimary"),
        "13": ("primary", "PlannedReparentShard"),
    }


@pytest.mark.parametrize(
    ("fact", "value", "last"),
    [
        ("emergency_reparent_looks_at_received", False, "7"),
        ("splits_schema_blindly", True, "3"),
        ("dual_in_every_keyspace", False, "6"),
    ],
)
def test_what_older_vtctlds_do_otherwise(fact: str, value: bool, last: str) -> None:
    assert [name for name in NAMES if getattr(releases.get(name), fact) is value] == list(
        NAMES[: NAMES.index(last) + 1]
    )


def test_vtctld_is_asked_for_its_health_only_where_it_answers_that() -> None:
    assert releases.get("2.1").probes["vtctld"] == Probe("/debug/status", "/debug/status")
    assert releases.get("2.2").probes["vtctld"] == Probe("/debug/health", "/debug/status")


@pytest.mark.parametrize("case", cases(__file__, "options"), ids=lambda case: f"{case['component']} {case['option']}")
def test_a_logical_option_stands_for_a_flag(case: dict[str, Any]) -> None:
    for name, flag in case["flags"].items():
        release = releases.get(name)
        if flag is not None:
            assert release.option(case["component"], case["option"]) == flag
            continue
        with pytest.raises(releases.UnknownOptionError):
            release.option(case["component"], case["option"])


def test_a_logical_option_that_a_release_lacks_is_an_error_with_its_history() -> None:
    with pytest.raises(releases.UnknownOptionError) as caught:
        releases.get("24").option("vttablet", "semi_sync")
    assert caught.value.what == "vttablet of Vitess 24 has no flag for semi sync"
    assert caught.value.why.startswith("vttablet had --enable_semi_sync from 2.1 to 15, 16 dropped it")


def test_an_option_that_is_in_no_table_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        releases.get("24").option("vttablet", "no_such_option")


@pytest.mark.parametrize(
    ("name", "component"),
    [(name, part) for name in NAMES for part in COMPONENTS if part != "vtorc" or releases.get(name).has_vtorc],
)
def test_every_option_of_a_command_line_is_there_in_every_release_that_it_is_for(name: str, component: str) -> None:
    release = releases.get(name)
    options = [entry["option"] for entry in release.line(component)]
    flags = [release.option(component, option) for option in options]
    assert len(flags) == len(set(flags)), "a flag is told twice"


def test_every_option_is_told_to_somebody() -> None:
    told = {entry["option"] for lines in knowledge.packaged().lines.values() for entry in lines}
    assert set(knowledge.packaged().options) == told


def test_every_component_of_a_command_line_has_its_facts() -> None:
    assert set(knowledge.packaged().lines) == set(facts.OF_COMPONENT) == set(COMPONENTS)


def test_every_successor_is_about_a_flag_that_once_was() -> None:
    known = knowledge.packaged()
    for key in known.renamed:
        having = [component for component in known.flags if known.having(component, key)]
        assert having, f"{key} was never a flag"
        assert any(key not in known.accepted(component, "25-dev") for component in having), f"{key} is still there"
