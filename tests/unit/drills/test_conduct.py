"""A drill from its table to its report, on a scene that does what the test says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, cast

import pytest

from tests.unit.drills.doubles import Scene
from tests.unit.drills.things import FIRST, SECOND, THIRD, a_status, an_error
from vitessctl.drills import conduct
from vitessctl.drills.conduct import Conductor
from vitessctl.drills.ends import NotHealed, RowsLost, end_of
from vitessctl.drills.names import Name
from vitessctl.drills.report import Report
from vitessctl.errors import ExitCode, Interrupted, NotReadyError, VitessctlError

MADE = "messages: create table vitessctl_drill_x (id bigint not null primary key)"
DROPPED = "messages: drop table vitessctl_drill_x"
KILLED = f"kill whole {FIRST} {FIRST}"
MOMENT = datetime(2026, 11, 27, 0, 15, 2, tzinfo=timezone.utc)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conduct, "AT_ONCE_SECONDS", 5.0)


def conducted(scene: Scene, name: Name = Name.kill_primary, **changes: Any) -> Report:
    """The report of a drill on a scene."""
    wanted = replace(scene.wanted(name), **changes)
    made = Conductor(
        cast(Any, scene), wanted, scene.look, scene.gate.connect, scene.clock, lambda: MOMENT, scene.events.append
    )
    return made.conduct()


def test_a_drill_that_heals() -> None:
    scene = Scene()

    report = conducted(scene)

    assert scene.done == [MADE, KILLED, DROPPED]
    assert report.exit_code is ExitCode.DONE
    assert report.healed is not None
    assert report.rows.lost == 0
    assert report.rows.acknowledged == len(scene.gate.rows) > 0
    assert report.table_kept == ""
    assert (report.began, report.old_primary, report.new_primary) == ("2026-11-27T00:15:02Z", FIRST, FIRST)
    assert end_of(report) is None


def test_it_has_healed_when_all_is_well_twice() -> None:
    """What was killed a moment ago still looks well to some."""
    scene = Scene(statuses=[a_status(), a_status(an_error()), a_status(), a_status()])

    report = conducted(scene)

    assert scene.statuses == []
    assert report.healed is not None


def test_another_leads() -> None:
    scene = Scene(statuses=[a_status(an_error()), a_status(primary=SECOND), a_status(primary=SECOND)])

    report = conducted(scene)

    assert (report.old_primary, report.new_primary) == (FIRST, SECOND)
    assert report.promoted is not None
    assert report.healed is not None
    assert report.promoted <= report.healed
    assert f"{SECOND} leads messages/0 now" in scene.said


def test_what_was_ill_before_does_not_keep_it_from_healing() -> None:
    known = an_error("tablet-silent", THIRD)
    scene = Scene(statuses=[a_status(known)] * 4)

    report = conducted(scene, known=frozenset({("tablet-silent", THIRD)}))

    assert report.healed is not None


def test_it_gives_up_when_the_time_is_over_and_names_what_is_left() -> None:
    scene = Scene(statuses=[a_status(an_error())] * 2000)

    report = conducted(scene, seconds=5.0)

    error = end_of(report)
    assert isinstance(error, NotHealed)
    assert error.exit_code is ExitCode.NOT_READY
    assert error.evidence == ("messages/0: has no primary",)
    assert error.fix == "vitessctl reparent messages/0"
    assert scene.done[-1] == DROPPED


def test_what_does_not_come_back_is_named() -> None:
    report = conducted(Scene(back=False), seconds=5.0)

    assert report.healed is None
    assert report.gone == (f"Program/mysqlctld-{FIRST}", f"Program/vttablet-{FIRST}")
    assert f"Program/vttablet-{FIRST} is not back" in cast(Any, end_of(report)).evidence


def test_writes_that_still_fail_are_no_healing() -> None:
    scene = Scene()
    scene.on_kill = lambda: setattr(scene.gate, "refuses", "read only")

    report = conducted(scene, seconds=5.0)

    assert report.healed is None
    assert not report.writes.over
    assert cast(Any, end_of(report)).why == "writes still fail"
    assert [text for text, _ in report.writes.errors] == ["read only"]


def test_a_row_that_vtgate_forgets_is_lost_and_the_table_is_kept() -> None:
    scene = Scene()
    scene.gate.forgets = frozenset({3})

    report = conducted(scene)

    error = end_of(report)
    assert isinstance(error, RowsLost)
    assert (report.exit_code, report.rows.lost) == (ExitCode.LOST, 1)
    assert error.evidence[0] == f"{FIRST} lacks 1 row: 3"
    assert DROPPED not in scene.done
    assert report.table_kept == "rows are missing: it is the evidence"


def test_a_replica_that_lacks_a_row_has_lost_it() -> None:
    report = conducted(Scene(lacks={THIRD: {1, 2}}))

    assert [(each.alias, each.missing) for each in report.rows.tablets if each.missing] == [(THIRD, (1, 2))]
    assert report.exit_code is ExitCode.LOST


def test_a_tablet_that_cannot_be_asked_leaves_it_open() -> None:
    scene = Scene(silent={SECOND: "it hangs"})

    report = conducted(scene)

    error = end_of(report)
    assert isinstance(error, NotHealed)
    assert error.what == "healed, but not every tablet could be asked for its rows"
    assert error.evidence == (f"{SECOND}: it hangs",)
    assert DROPPED not in scene.done


def test_where_it_cannot_be_killed_the_table_goes_again() -> None:
    scene = Scene(fault=VitessctlError("we may not delete pods"))

    with pytest.raises(VitessctlError, match="we may not delete pods"):
        conducted(scene)

    assert scene.done == [MADE, DROPPED]


def test_where_nobody_can_write_nothing_is_killed() -> None:
    scene = Scene()
    scene.gate.refuses = "table not found"

    with pytest.raises(NotReadyError, match="nothing was killed"):
        conducted(scene)

    assert scene.done == [MADE, DROPPED]


def test_interrupted_it_says_what_it_knows_and_leaves_the_table() -> None:
    scene = Scene()
    looks = scene.look

    def interrupted() -> Any:
        if len(scene.done) > 1:
            raise KeyboardInterrupt
        return looks()

    scene.look = interrupted  # type: ignore[method-assign]

    report = conducted(scene)

    assert report.interrupted
    assert scene.done == [MADE, KILLED]
    assert report.rows.acknowledged > 0
    assert isinstance(end_of(report), Interrupted)
    assert report.table_kept.startswith("interrupted")


def test_a_look_that_fails_is_waited_out() -> None:
    scene = Scene()
    looks, failures = scene.look, iter([True] * 20)

    def shaky() -> Any:
        if len(scene.done) > 1 and next(failures, False):
            raise VitessctlError("nobody can be asked", why="the API server is away")
        return looks()

    scene.look = shaky  # type: ignore[method-assign]

    assert conducted(scene).healed is not None
    assert any("the API server is away" in str(event) for event in scene.events)
