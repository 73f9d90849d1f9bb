"""The doctor's tables: each row is whole, used, tested, and what is fixed is a finding that there is."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from vitessctl.doctor.catalogue import finding, kinds, worst_first
from vitessctl.doctor.fixes import ACTS, REFUSALS
from vitessctl.doctor.fixing import Fix, fixes
from vitessctl.status.catalogue import Kind
from vitessctl.status.catalogue import finding as of_status
from vitessctl.status.catalogue import kinds as kinds_of_status

HERE = Path(__file__)
CHECKS = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted((HERE.parents[3] / "vitessctl" / "doctor" / "checks").glob("*.py"))
)
TESTS = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted(HERE.parent.rglob("*"))
    if path.suffix in (".py", ".yaml") and path != HERE
)


def test_no_kind_is_written_twice_and_none_is_also_one_of_status() -> None:
    text = resources.files("vitessctl.doctor").joinpath("catalogue.yaml").read_text(encoding="utf-8")

    assert re.findall(r"^([a-z-]+):$", text, flags=re.MULTILINE) == list(kinds())
    assert not kinds().keys() & kinds_of_status().keys()


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds())
def test_every_kind_has_cause_and_remedy_and_a_check_and_a_test(kind: Kind) -> None:
    assert kind.sentence
    assert kind.cause.endswith(".")
    assert kind.remedy
    assert not kind.remedy.endswith("."), "it is, or ends with, something to type"
    assert f'"{kind.id}"' in CHECKS, "no check finds it"
    assert re.search(rf"\b{kind.id}\b", TESTS), "no test makes it happen"


@pytest.mark.parametrize("fix", fixes().values(), ids=fixes())
def test_every_fix_mends_findings_that_there_are_and_says_why_it_is_safe(fix: Fix) -> None:
    assert set(fix.findings) <= kinds().keys() | kinds_of_status().keys()
    assert fix.safe.endswith(".")
    assert fix.refused.endswith(".")
    assert fix.name in REFUSALS
    assert fix.name in ACTS


def test_no_finding_has_two_fixes() -> None:
    mended = [name for fix in fixes().values() for name in fix.findings]

    assert len(mended) == len(set(mended))


def test_findings_of_both_tables_are_in_one_order() -> None:
    warning = finding("written-by-newer", "", version="2", own="1")
    full = finding("disk-full", "/state", free="1", size="2", path="/state")
    stopped, stray = of_status("replication-stopped", "a", threads=""), of_status("record-not-in-spec", "a")

    assert worst_first([warning, stray, full, stopped]) == (stopped, full, stray, warning)


def test_a_fact_that_is_missing_is_a_bug() -> None:
    with pytest.raises(KeyError, match="size"):
        finding("disk-full", "/state", free="1", path="/state")
