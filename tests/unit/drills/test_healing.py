"""When a cluster counts as healed."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.drills.things import FIRST, a_component, a_status, an_error, everything
from vitessctl.drills.healing import keys, left, still_gone
from vitessctl.status.catalogue import Severity

TABLET = [each for each in everything() if each.subject == FIRST]


def test_what_was_killed_has_to_be_started_anew() -> None:
    assert still_gone(TABLET, {"1"}, everything(life="1")) == tuple(each.label for each in TABLET)
    assert still_gone(TABLET, {"1"}, everything(life="2")) == ()


def test_what_starts_and_does_not_run_yet_is_not_back() -> None:
    again = [replace(each, running=each.component != "vttablet") for each in everything(life="2")]

    assert still_gone(TABLET, {"1"}, again) == (f"Program/vttablet-{FIRST}",)


def test_a_pod_under_another_name_is_back_and_one_that_stood_beside_it_does_not_count() -> None:
    killed, beside = a_component("vtgate", "zone1", "a"), a_component("vtgate", "zone1", "b")
    new = replace(a_component("vtgate", "zone1", "c"), label="Pod/another")

    lives = {"a", "b"}

    assert still_gone([killed], lives, [beside]) == (killed.label,)
    assert still_gone([killed], lives, [beside, new]) == ()
    assert still_gone([killed, beside], lives, [new]) == (beside.label,)
    assert still_gone([killed, beside], lives, [new, replace(new, life="d")]) == ()


def test_only_what_is_new_and_bad_is_left() -> None:
    known, new = an_error("tablet-silent", FIRST), an_error()
    mere = replace(an_error("lags"), severity=Severity.WARNING)

    assert left(a_status(known, new, mere), keys([known])) == (new,)
    assert keys([mere]) == frozenset()
