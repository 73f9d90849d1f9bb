"""What is lost, and what is no loss."""

from __future__ import annotations

from vitessctl.drills.rows import Held, Rows, held


def test_an_acknowledged_row_that_is_not_there_is_missing() -> None:
    assert held("a", True, [1, 2, 3], [1, 3]) == Held("a", True, missing=(2,))


def test_a_row_that_nobody_was_told_of_is_no_loss() -> None:
    found = held("a", False, [1, 2], [1, 2, 3])

    assert (found.missing, found.extra) == ((), 1)


def test_rows_lost_on_several_tablets_are_counted_once() -> None:
    rows = Rows(9, 0, (Held("a", True, (2, 3)), Held("b", False, (3,))))

    assert (rows.lost, rows.proven) == (2, True)


def test_a_tablet_that_was_not_asked_proves_nothing() -> None:
    assert not Rows(9, 0, (Held("a", True), Held("b", False, unasked="it hangs"))).proven
    assert not Rows(9, 0).proven
