"""Looking with deadlines: what hangs costs its own time, and nobody else's."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from vitessctl.status.looks import Looks, Silent


@pytest.fixture
def over() -> Iterator[threading.Event]:
    """What a look hangs on, until the test is over."""
    event = threading.Event()
    yield event
    event.set()


def test_what_was_seen_and_what_was_raised() -> None:
    with Looks(5.0) as looks:
        seven = looks.at("seven", lambda: 7, 1.0)
        nothing = looks.at("nothing", lambda: {}["x"], 1.0)

        assert seven.result() == seven.result() == 7
        with pytest.raises(KeyError):
            nothing.result()


def test_what_hangs_is_silent_after_its_deadline_and_no_other_waits_for_it(over: threading.Event) -> None:
    with Looks(5.0) as looks:
        hangs = [looks.at(f"vttablet {number}", lambda: over.wait(30), 0.1) for number in range(8)]
        answers = looks.at("vtctld", lambda: "ok", 0.1)
        begun = time.monotonic()

        assert answers.result() == "ok"
        for look in hangs:
            with pytest.raises(Silent, match=r"vttablet . does not answer") as raised:
                look.result()
            assert raised.value.why == "no answer within 0.1 s"
        assert time.monotonic() - begun < 2.0


def test_a_look_that_waits_for_a_worker_has_its_whole_time_still(over: threading.Event) -> None:
    with Looks(10.0, workers=1) as looks:
        first = looks.at("slow", lambda: time.sleep(0.3), 1.0)
        second = looks.at("quick", lambda: 2, 0.1)

        assert second.result() == 2
        assert first.result() is None


def test_all_looking_ends_in_time_also_for_what_was_never_asked(over: threading.Event) -> None:
    begun = time.monotonic()
    with Looks(0.3, workers=2) as looks:
        looks.at("a", lambda: over.wait(30), 60.0)
        hangs = looks.at("b", lambda: over.wait(30), 60.0)
        waits = looks.at("c", lambda: 1, 60.0)

        with pytest.raises(Silent, match="c was not asked"):
            waits.result()
        with pytest.raises(Silent, match="b does not answer"):
            hangs.result()
    assert time.monotonic() - begun < 2.0


def test_nothing_waits_for_what_hangs_when_the_looking_is_over(over: threading.Event) -> None:
    with Looks(1.0) as looks:
        looks.at("a", lambda: over.wait(30), 0.1)
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("status ")]

    assert all(thread.daemon for thread in threads)


def test_a_thousand_looks_take_no_thousand_threads() -> None:
    with Looks(30.0) as looks:
        found = [looks.at(str(number), lambda number=number: number, 5.0) for number in range(1000)]  # type: ignore[misc]

        assert [look.result() for look in found] == list(range(1000))
        assert sum(thread.name.startswith("status ") for thread in threading.enumerate()) <= 64
