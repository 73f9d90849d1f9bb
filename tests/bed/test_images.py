"""Docker-archives made from a folder."""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path

import pytest

from tests.testbed import images

NAME = "vitess/lite:v24.0.4"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small file system: a program, a second name for it, a link, a folder of data."""
    root = tmp_path / "root"
    (root / "vt" / "bin").mkdir(parents=True)
    (root / "vt" / "data").mkdir()
    (root / "vt" / "bin" / "vtgate").write_text("#!/bin/sh\n")
    (root / "vt" / "bin" / "vtgate").chmod(0o755)
    os.link(root / "vt" / "bin" / "vtgate", root / "vt" / "bin" / "vttablet")
    (root / "vt" / "bin" / "latest").symlink_to("vtgate")
    return root


def test_an_archive_has_its_real_names_and_how_it_starts(tmp_path: Path, root: Path) -> None:
    settings = images.Settings(entrypoint=["/vt/bin/vtgate"], environment={"VTROOT": "/vt"}, user="999")
    archive = images.write_archive(tmp_path / "image.tar", [NAME, "other:1"], root, settings)
    manifest = images.read_manifest(archive)
    assert manifest.references == (NAME, "other:1")
    with tarfile.open(archive) as tar:
        config = json.load(tar.extractfile(manifest.config))  # type: ignore[arg-type]
    assert config["config"]["Entrypoint"] == ["/vt/bin/vtgate"]
    assert config["config"]["Env"] == ["VTROOT=/vt"]
    assert config["config"]["User"] == "999"


def test_the_layer_keeps_modes_and_links_and_gives_each_path_its_owner(tmp_path: Path, root: Path) -> None:
    archive = images.write_archive(tmp_path / "image.tar", [NAME], root, owners={"vt/data": (999, 998)})
    with tarfile.open(archive) as tar, tarfile.open(fileobj=tar.extractfile("layer.tar")) as layer:
        members = {member.name: member for member in layer}
    assert {name: (each.uid, each.gid) for name, each in members.items() if each.isdir()} == {
        "vt": (0, 0),
        "vt/bin": (0, 0),
        "vt/data": (999, 998),
    }
    assert members["vt/bin/vtgate"].mode == 0o755
    assert members["vt/bin/vttablet"].isfile()
    assert members["vt/bin/latest"].linkname == "vtgate"


def test_the_same_folder_gives_the_same_bytes(tmp_path: Path, root: Path) -> None:
    one = images.write_archive(tmp_path / "one.tar", [NAME], root).read_bytes()
    os.utime(root / "vt" / "bin" / "vtgate", (1, 1))
    assert images.write_archive(tmp_path / "two.tar", [NAME], root).read_bytes() == one


def test_a_changed_file_gives_another_id(tmp_path: Path, root: Path) -> None:
    before = images.read_manifest(images.write_archive(tmp_path / "one.tar", [NAME], root))
    (root / "vt" / "bin" / "vtgate").write_text("#!/bin/sh\nexit 1\n")
    after = images.read_manifest(images.write_archive(tmp_path / "one.tar", [NAME], root))
    assert before.config != after.config


def test_what_is_no_archive_of_an_image_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo("readme"))
    with pytest.raises(ValueError, match="not a docker-archive"):
        images.read_manifest(tmp_path / "other.tar")
