"""Who mended a shard is told what still keeps clients from it, and nothing where nothing does."""

from __future__ import annotations

from vitessctl.heal.rebuilding import Rebuilt
from vitessctl.heal.reparenting import Done
from vitessctl.heal.ways import Way
from vitessctl.report.rebuild import rebuilt_data, rebuilt_lines
from vitessctl.report.reparent import done_lines

MISSING = "vtgate zone1 sees 1 of 2 messages.0.replica"
NOTE = f"note: but {MISSING}, and was not waited for any longer; vitessctl status says what else is wrong"


def test_after_a_reparent() -> None:
    assert list(done_lines(Done("zone1-101", 1.23, ("zone1-100",), (), MISSING))) == [
        "zone1-101 leads and takes writes, 1 tablet copying from it; nobody took writes for 1.2 s at most",
        NOTE,
    ]


def test_after_a_rebuild() -> None:
    done = Rebuilt("zone1-101", Way.BINLOGS, 41.3, 7, 1, (), MISSING)

    assert list(rebuilt_lines(done)) == [
        "zone1-101 has everything that its primary has (7 transactions and 1 table) and replicates, after 41 s",
        NOTE,
    ]
    assert rebuilt_data(done)["unserved"] == MISSING


def test_nothing_is_noted_where_nothing_is_missing() -> None:
    assert len(list(rebuilt_lines(Rebuilt("zone1-101", Way.CLONE, 3.0, 7, 1, ())))) == 1
