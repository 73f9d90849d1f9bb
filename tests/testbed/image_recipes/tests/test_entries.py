"""Entries of layers, and when a cache may not take one layer for another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.testbed.image_recipes.entries import Entry, complete, file, folder, key_of, tree


def test_a_tree_keeps_links_and_leaves_names_out(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "mysqld").write_text("x")
    (tmp_path / "bin" / "mysqld").chmod(0o700)
    (tmp_path / "bin" / "mysqld_safe").write_text("x")
    (tmp_path / "lib").symlink_to("usr/lib")

    entries = {entry.path: entry for entry in tree("/usr", tmp_path, ["mysqld_safe"])}

    assert set(entries) == {"/usr", "/usr/bin", "/usr/bin/mysqld", "/usr/lib"}
    assert entries["/usr/bin/mysqld"].mode == 0o755
    assert entries["/usr/lib"].link == "usr/lib"
    assert entries["/usr/bin"].is_folder


def test_entries_come_in_order_each_once_with_the_folders_they_lie_in() -> None:
    entries = complete([Entry("/vt/bin/b", content=b"1"), Entry("/vt/bin/b", content=b"2"), folder("/vt", owner=999)])

    assert [entry.path for entry in entries] == ["/vt", "/vt/bin", "/vt/bin/b"]
    assert entries[0].owner == 999
    assert entries[2].content == b"2"


@pytest.mark.parametrize(
    "other",
    [
        Entry("/a", content=b"2"),
        Entry("/b", content=b"1"),
        Entry("/a", content=b"1", mode=0o755),
        Entry("/a", content=b"1", owner=999),
        Entry("/a", link="1"),
        Entry("/a"),
    ],
)
def test_another_entry_has_another_key(other: Entry) -> None:
    assert key_of([Entry("/a", content=b"1")]) == key_of([Entry("/a", content=b"1")]) != key_of([other])


def test_a_file_that_changed_has_another_key(tmp_path: Path) -> None:
    source = tmp_path / "program"
    source.write_text("1")
    before = key_of([file("/program", source)])
    assert key_of([file("/program", source)]) == before

    source.write_text("2")
    os.utime(source, ns=(1, 1))

    assert key_of([file("/program", source)]) != before
