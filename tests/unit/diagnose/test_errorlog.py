"""Why a mysqld has ended: its last words, from when on they count, and what they say."""

from __future__ import annotations

import calendar

import pytest

from vitessctl.diagnose import Diagnosis
from vitessctl.diagnose.errorlog import cause_of_end, last_words, written_since

START = (
    "2026-11-27T09:15:57.734927Z 0 [System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld 9.7.4) starting as process 9"
)
PAGE = f" len 16384; hex {'31' * 16384}"
DAMAGE = (
    "2026-11-27T09:15:59.742980Z 1 [ERROR] [MY-011906] [InnoDB] Database page corruption on disk or a failed file read "
    "of page [page id: space=4294967294, page number=4]. You may have to recover from a backup."
)
STACK = "stack_bottom = 0 thread_stack 0x100000"
END = "2026-11-27T09:15:59.850904Z mysqld_safe mysqld from pid file /vt/vtdataroot/vt_0000000100/mysql.pid ended"
STARS = "2026-11-27T09:15:58.000000Z 0 [ERROR] [MY-099999] [Server] The stars are not right."
BEGAN = float(calendar.timegm((2026, 11, 27, 9, 15, 57)))


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ([START, DAMAGE, END], 3),
        (["2026-11-27T09:15:56.999999Z mysqld_safe mysqld from pid file a ended", START, STACK, END], 3),
        (["2026-11-27 09:15:57 4711 [ERROR] Aborting"], 1),
        (["2026-11-27 09:15:56 4711 [ERROR] Aborting"], 0),
        (["261127 09:15:57 mysqld_safe mysqld from pid file a ended"], 1),
        (["261127  9:15:56 mysqld_safe mysqld from pid file a ended"], 0),
        (["2026-11-27T11:15:56.000000+02:00 0 [ERROR] Aborting"], 0),
        (["2026-11-27T08:15:57.000000-01:00 0 [ERROR] Aborting"], 1),
        ([STACK, END], 1),
        ([STACK], 0),
        (["999999 99:99:99 is no time", "it is 2026-11-27T09:15:59 by now"], 0),
        ([], 0),
    ],
    ids=[
        "the very second of the start counts",
        "an earlier life does not; lines without a time belong to the one before",
        "MySQL 5.6",
        "MySQL 5.6, an earlier life",
        "its mysqld_safe",
        "its mysqld_safe, an earlier life",
        "a zone of its own",
        "another one",
        "what begins in the middle is of nobody knows when",
        "no time at all",
        "no time, but like one",
        "nothing",
    ],
)
def test_what_was_written_since(lines: list[str], count: int) -> None:
    assert list(written_since(lines, BEGAN)) == lines[len(lines) - count :]


def test_the_last_words_are_those_since_the_last_start_without_pages() -> None:
    assert list(last_words([START, STARS, END, START, PAGE, DAMAGE, PAGE, DAMAGE, END])) == [START, DAMAGE, END]


def test_one_that_was_started_again_has_no_last_words() -> None:
    assert list(last_words([START, DAMAGE, END, START])) == []


@pytest.mark.parametrize(
    ("in_pod", "remedy"),
    [(False, "makes this one anew from it and keeps the damaged files"), (True, "anew from it, on a new volume")],
)
def test_a_known_end_has_its_remedy_where_it_runs(in_pod: bool, remedy: str) -> None:
    found = cause_of_end([START, DAMAGE, END], "24", in_pod=in_pod)

    assert found.cause == "its mysqld has ended: MySQL's data files are damaged or missing"
    assert remedy in found.fix
    assert "[MY-011906] [InnoDB] Database page corruption on disk" in found.evidence[0]
    assert found.doomed


def test_what_a_second_start_might_mend_is_not_waited_for_either() -> None:
    """mysqlctld makes none: what a rule says of a program that is started again does not hold here."""
    found = cause_of_end([START, "mysqld: too many open files", END], "24")

    assert found.rule == "open-files"
    assert found.doomed


def test_an_unknown_end_is_quoted_and_has_no_remedy() -> None:
    said = "[MY-099999] [Server] The stars are not right."
    aborting = "2026-11-27T09:15:58.100000Z 0 [ERROR] [MY-010119] [Server] Aborting"

    found = cause_of_end([START, STARS, aborting], "24")

    assert found == Diagnosis(f"its mysqld has ended and said last: {said}", "", (said,), True, "")


def test_an_end_without_a_word_of_it() -> None:
    found = cause_of_end([START, END], "24")

    assert (found.cause, found.fix, found.evidence) == ("its mysqld has ended", "", (START, END))
