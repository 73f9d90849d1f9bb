"""What stays of containerd's folders in the cache, and what is tidied away."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.testbed import images, stores, unavailable
from tests.testbed.cluster import Cluster
from tests.testbed.processes import run, wait_for
from tests.testbed.stores import Store

NAME = "testbed/changing:1"
LONG_AGO = time.time() - 2 * stores.UNUSED_SECONDS


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the stores are, in a cache of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "vitessctl-testbed" / "containerd"


def filled(store: Store) -> Store:
    """With an image in it."""
    (store.folder / "blobs").mkdir(parents=True)
    stores.remember(store.folder, images.Manifest((NAME,), "1234.json"))
    return store


def aged(store: Store) -> Path:
    os.utime(store.folder.with_suffix(".lock"), (LONG_AGO, LONG_AGO))
    return store.folder


def test_a_store_that_was_not_used_for_long_goes_when_the_next_node_begins(base: Path) -> None:
    first, second = filled(Store.claim()), filled(Store.claim())
    old, other = aged(second), aged(first)
    for store in (first, second):
        store.release()

    assert Store.claim().folder == other, "the first that is free is used, however old it is"

    assert other.exists()
    assert not old.exists()
    assert not old.with_suffix(".images.json").exists()


def test_a_store_in_use_stays_however_long_ago_its_node_began(base: Path) -> None:
    used = filled(Store.claim())
    aged(used)

    Store.claim()

    assert used.folder.exists()
    assert stores.has_image(used.folder, images.Manifest((NAME,), "1234.json"))


def test_a_store_that_was_used_today_stays(base: Path) -> None:
    first, second = filled(Store.claim()), filled(Store.claim())
    for store in (first, second):
        store.release()

    Store.claim()

    assert second.folder.exists()


def test_only_ids_of_images_that_nothing_names_any_more_are_outdated(base: Path) -> None:
    store = filled(Store.claim()).folder
    found = [f"docker.io/{NAME}", "sha256:1234", "sha256:5678", "docker.io/library/somebodys:1"]
    assert stores.outdated(store, found) == ["sha256:5678"]


@pytest.mark.skipif(bool(unavailable.reason()), reason=str(unavailable.reason()))
def test_an_image_that_was_replaced_takes_no_room_after_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "cache", lambda: tmp_path / "cache")
    old, new = (image_of(tmp_path, content) for content in ("old", "new"))
    with Cluster.start(tmp_path / "first") as bed:
        bed.import_image(old)
        wait_for("the image has no id", lambda: id_of(old) in listed(bed, "images"), [], 30)
        bed.import_image(new)
        assert {id_of(old), id_of(new)} <= listed(bed, "content"), "the id keeps it"

    with Cluster.start(tmp_path / "next") as bed:
        assert id_of(old) not in listed(bed, "content")
        assert id_of(new) in listed(bed, "content")
        assert f"docker.io/{NAME}" in listed(bed, "images")


def image_of(folder: Path, content: str) -> Path:
    root = folder / content
    root.mkdir()
    (root / "file").write_text(content)
    return images.write_archive(folder / f"{content}.tar", [NAME], root)


def id_of(archive: Path) -> str:
    """The id of its image, which is the digest of its config."""
    return f"sha256:{images.read_manifest(archive).config.removesuffix('.json')}"


def listed(bed: Cluster, kind: str) -> set[str]:
    """containerd's names of images, or digests of content."""
    return set(run(bed.nodes[1].ctr([kind, "list", "--quiet"])).split())
