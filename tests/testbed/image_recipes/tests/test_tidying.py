"""What stays in the cache of images, and what goes."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.testbed.image_recipes import archive, tidying
from tests.testbed.image_recipes.archive import Image, layer, write
from tests.testbed.image_recipes.entries import Entry


def cached(folder: Path, name: str, hours: float) -> None:
    """A layer that was last used so many hours ago."""
    for suffix in (".tar", ".sha256"):
        path = folder / f"{name}{suffix}"
        path.touch()
        os.utime(path, (0, time.time() - 3600 * hours))


def test_those_that_were_used_last_stay(tmp_path: Path) -> None:
    for name, hours in (("a", 9), ("b", 3), ("c", 7), ("d", 2)):
        cached(tmp_path, name, hours)

    tidying.tidy(tmp_path, ".sha256", 2)

    assert {path.name for path in tmp_path.iterdir()} == {"b.tar", "b.sha256", "d.tar", "d.sha256"}


def test_what_somebody_may_be_reading_stays_however_much_it_is(tmp_path: Path) -> None:
    for number in range(5):
        cached(tmp_path, str(number), 0.5)

    tidying.tidy(tmp_path, ".sha256", 2)

    assert len(list(tmp_path.glob("*.tar"))) == 5


def test_what_is_used_again_counts_as_new(tmp_path: Path) -> None:
    cached(tmp_path, "old", 9)
    cached(tmp_path, "older", 8)

    assert tidying.used(tmp_path / "old.sha256")
    assert not tidying.used(tmp_path / "gone.sha256")
    tidying.tidy(tmp_path, ".sha256", 1)

    assert {path.name for path in tmp_path.iterdir()} == {"old.tar", "old.sha256"}


def test_a_new_image_takes_the_place_of_the_oldest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ARCHIVES", 2)
    monkeypatch.setattr(archive, "LAYERS", 2)
    monkeypatch.setattr(tidying, "IN_USE", -1.0)
    made = []
    for number in range(4):
        made.append(write([Image("one:1", [layer([Entry("/a", content=bytes([number]))], tmp_path)])], tmp_path))
        os.utime(made[-1], (0, number))
        os.utime(sorted((tmp_path / "layers").glob("*.sha256"), key=os.path.getmtime)[-1], (0, number))

    assert {path.name for path in (tmp_path / "archives").iterdir()} == {made[-1].name, made[-2].name}
    assert len(list((tmp_path / "layers").iterdir())) == 2 * 2
