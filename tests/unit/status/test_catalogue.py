"""The table of findings: each row is whole, used, and tested."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from vitessctl.status.catalogue import Finding, Kind, Severity, finding, kinds, worst_first

STATUS = Path(__file__).parents[3] / "vitessctl" / "status"
RULES = "".join(path.read_text(encoding="utf-8") for path in sorted((STATUS / "rules").glob("*.py")))
TESTS = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted(Path(__file__).parent.rglob("*"))
    if path.suffix in (".py", ".yaml") and path != Path(__file__)
)


def test_no_kind_is_written_twice() -> None:
    text = resources.files("vitessctl.status").joinpath("catalogue.yaml").read_text(encoding="utf-8")
    names = re.findall(r"^([a-z-]+):$", text, flags=re.MULTILINE)

    assert names == list(kinds())


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds())
def test_every_kind_has_cause_and_remedy_and_a_rule_and_a_test(kind: Kind) -> None:
    assert kind.sentence
    assert kind.cause.endswith(".")
    assert kind.remedy
    assert not kind.remedy.endswith("."), "it is, or ends with, something to type"
    assert f'"{kind.id}"' in RULES, "no rule finds it"
    assert re.search(rf"\b{kind.id}\b", TESTS), "no test makes it happen"


def test_a_finding_names_its_subject_and_remedy() -> None:
    found = finding("cell-root", "cell zone1", root="/old", wanted="/new")

    assert found.text == "cell zone1: has root /old, the spec says /new"
    assert (found.severity, found.remedy) == (Severity.ERROR, "vitessctl up")


def test_a_finding_about_the_whole_cluster_has_no_subject() -> None:
    assert finding("nothing-runs", "").text == "nothing of the cluster runs here"


def test_a_fact_that_is_missing_is_a_bug() -> None:
    with pytest.raises(KeyError, match="root"):
        finding("cell-root", "cell zone1", wanted="/new")


def test_errors_come_first_then_what_is_unknown_then_warnings() -> None:
    lagging = finding("lagging", "a", lag=40, limit=30, lacking="", shard="s/0")
    silent = finding("vttablet-silent", "a", why="")
    stopped = [finding("replication-stopped", alias, threads="") for alias in ("c", "b")]
    dead = finding("shard-no-primary", "s/0")
    shuffled: list[Finding] = [lagging, silent, *stopped, dead]

    assert worst_first(shuffled) == (dead, stopped[1], stopped[0], silent, lagging)
