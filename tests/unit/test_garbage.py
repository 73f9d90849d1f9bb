"""The collector of cycles is away while inside, and back after."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from vitessctl import garbage


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_it_is_away_inside_and_back_after() -> None:
    with garbage.left_alone():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_stays_away_until_the_outermost_ends() -> None:
    with garbage.left_alone():
        with garbage.left_alone():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_comes_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), garbage.left_alone():
        raise ZeroDivisionError
    assert gc.isenabled()


def test_whoever_has_it_off_keeps_it_off() -> None:
    gc.disable()
    with garbage.left_alone():
        pass
    assert not gc.isenabled()


def test_what_is_kept_is_not_looked_at_again() -> None:
    with garbage.left_alone(keep=True):
        made = [[number] for number in range(1000)]
    assert gc.get_freeze_count() >= len(made)
