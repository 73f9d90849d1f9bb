"""How a drill looks before, and after: well, with rows lost, not healed, interrupted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.expected import check
from tests.unit.drills.test_wanted import a_drill
from tests.unit.drills.things import FIRST, SECOND, THIRD, an_error
from vitessctl.drills.names import Name
from vitessctl.drills.outcomes import Outage
from vitessctl.drills.report import Report
from vitessctl.drills.rows import Held, Rows
from vitessctl.report.drill import report_data, report_lines, timeline, wanted_data, wanted_lines

SCREENS = Path(__file__).parent / "screens" / "drills"
CALM = Outage(90, 0, 0.0, 0.0, None, None, 5.2, True, ())
OUT = Outage(
    60, 12, 4.5, 4.6, 0.21, 4.4, 5.1, True,
    (("no healthy tablet available for 'messages'", 11), ("Lost connection to MySQL server during query", 1)),
)  # fmt: skip
WELL = Report(
    drill=Name.kill_primary,
    shard="messages/0",
    table="messages.vitessctl_drill_20261127t001502z",
    began="2026-11-27T00:15:02Z",
    killed=[f"vttablet-{FIRST} (process 7)", "mysqld (process 9)"],
    kill_seconds=0.05,
    writes=OUT,
    reads={"primary": replace(OUT, failed=13), "replica": CALM},
    rows=Rows(48, 12, (Held(FIRST, False), Held(SECOND, True, extra=1), Held(THIRD, False, extra=1))),
    old_primary=FIRST,
    new_primary=SECOND,
    promoted=4.1,
    healed=6.25,
    limit=300.0,
)
LOST = replace(
    WELL,
    rows=Rows(48, 12, (Held(FIRST, False, (3,)), Held(SECOND, True, (3, 4)), Held(THIRD, False, unasked="it hangs"))),
    table_kept="rows are missing: it is the evidence",
)
LATE = replace(
    WELL,
    writes=replace(OUT, over=False, longest=299.0, total=299.0, last_failure=299.6),
    healed=None,
    promoted=None,
    new_primary=FIRST,
    left=(an_error(),),
    gone=(f"Pod/minimal-vttablet-{FIRST}-0",),
)
STOPPED = replace(WELL, healed=None, interrupted=True, rows=Rows(48, 12), table_kept="interrupted: nobody looked")


@pytest.mark.parametrize(("name", "report"), [("well", WELL), ("lost", LOST), ("late", LATE), ("interrupted", STOPPED)])
def test_how_it_went(name: str, report: Report) -> None:
    check("".join(f"{line}\n" for line in report_lines(report)), SCREENS / f"{name}.txt")


def test_the_timeline_is_in_order() -> None:
    for report in (WELL, LOST, LATE, STOPPED):
        moments = [at for at, _ in timeline(report)]
        assert moments == sorted(moments)


def test_it_fits_on_one_screen() -> None:
    assert all(len(list(report_lines(report))) <= 24 for report in (WELL, LOST, LATE, STOPPED))


def test_what_is_about_to_be_done() -> None:
    made = replace(a_drill(Name.kill_primary, "14"), seconds=300.0)

    check("".join(f"{line}\n" for line in wanted_lines(made)), SCREENS / "before.txt")
    assert wanted_data(made)["victims"] == [each.label for each in made.victims]


def test_json_is_complete() -> None:
    data = json.loads(json.dumps(report_data(LOST)))

    assert (data["type"], data["drill"], data["exit_code"]) == ("drilled", "kill-primary", 8)
    assert data["rows"]["lost"] == 2
    assert data["rows"]["proven"] is False
    assert data["rows"]["tablets"][1] == {
        "alias": SECOND, "leads": True, "missing": [3, 4], "extra": 0, "unasked": "",
    }  # fmt: skip
    assert data["writes"]["errors"][0] == {"text": "no healthy tablet available for 'messages'", "count": 11}
    assert report_data(LATE)["findings"][0]["remedy"] == "vitessctl reparent messages/0"
    assert report_data(LATE)["exit_code"] == 3
    assert report_data(STOPPED)["exit_code"] == 130
    assert report_data(WELL)["exit_code"] == 0
