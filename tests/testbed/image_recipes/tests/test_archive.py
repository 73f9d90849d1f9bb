"""The docker-archive: what an importer finds in it, and what is built anew."""

from __future__ import annotations

import hashlib
import json
import marshal
import tarfile
from pathlib import Path

import pytest

from tests.testbed.image_recipes import archive
from tests.testbed.image_recipes.archive import Image, layer, write
from tests.testbed.image_recipes.entries import Entry, folder


def two_images(cache: Path, text: bytes = b"program") -> list[Image]:
    shared = layer([Entry("/bin/sh", content=b"shell", mode=0o755)], cache)
    top = layer([folder("/vt", 999), Entry("/vt/bin/a", content=text), Entry("/vt/a", link="bin/a")], cache)
    return [Image("one:1", [shared, top], {"PATH": "/bin"}, "999"), Image("two:2", [shared])]


def test_images_share_a_layer_and_name_what_they_are(tmp_path: Path) -> None:
    with tarfile.open(write(two_images(tmp_path), tmp_path)) as whole:
        names = whole.getnames()
        manifest = json.loads(whole.extractfile("manifest.json").read())  # type: ignore[union-attr]
        configs = [json.loads(whole.extractfile(each["Config"]).read()) for each in manifest]  # type: ignore[union-attr]

    assert [each["RepoTags"] for each in manifest] == [["one:1"], ["two:2"]]
    assert manifest[0]["Layers"][0] == manifest[1]["Layers"][0]
    assert len(names) == len(set(names)) == 2 + 2 + 1
    assert configs[0]["config"] == {"Env": ["PATH=/bin"], "User": "999"}
    assert configs[1]["config"] == {"Env": []}


def test_a_layer_is_called_by_its_digest(tmp_path: Path) -> None:
    with tarfile.open(write(two_images(tmp_path), tmp_path)) as whole:
        manifest = json.loads(whole.extractfile("manifest.json").read())  # type: ignore[union-attr]
        config = json.loads(whole.extractfile(manifest[0]["Config"]).read())  # type: ignore[union-attr]
        layers = [whole.extractfile(name).read() for name in manifest[0]["Layers"]]  # type: ignore[union-attr]

    digests = [f"sha256:{hashlib.sha256(each).hexdigest()}" for each in layers]
    assert config["rootfs"] == {"type": "layers", "diff_ids": digests}


def test_what_a_layer_holds(tmp_path: Path) -> None:
    with tarfile.open(two_images(tmp_path)[0].layers[1].tar) as tar:
        found = {each.name: each for each in tar}

    assert list(found) == ["vt", "vt/a", "vt/bin", "vt/bin/a"]
    assert (found["vt"].uid, found["vt"].gid, found["vt"].mode) == (999, 999, 0o755)
    assert (found["vt/bin"].uid, found["vt/bin/a"].mode) == (0, 0o644)
    assert found["vt/a"].linkname == "bin/a"


def test_nothing_is_built_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = write(two_images(tmp_path), tmp_path)
    monkeypatch.setattr(archive, "_write_whole", lambda *_: pytest.fail("it was there already"))

    assert write(two_images(tmp_path), tmp_path) == built


def test_a_changed_file_makes_only_its_own_layer_anew(tmp_path: Path) -> None:
    before, after = two_images(tmp_path), two_images(tmp_path, b"changed")

    assert before[0].layers[0] == after[0].layers[0]
    assert before[0].layers[1] != after[0].layers[1]
    assert write(before, tmp_path) != write(after, tmp_path)


def test_a_module_is_compiled_into_the_layer(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text("VALUE = 7")
    made = layer([Entry("/__pycache__/module.pyc", source=source, compiles=True)], tmp_path)

    with tarfile.open(made.tar) as tar:
        content = tar.extractfile("__pycache__/module.pyc").read()  # type: ignore[union-attr]

    found: dict[str, object] = {}
    exec(marshal.loads(content[16:]), found)
    assert found["VALUE"] == 7


def test_a_layer_that_was_cut_short_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(archive, "_write_layer", fail)
        with pytest.raises(OSError, match="no space"):
            two_images(tmp_path)
    assert [*tmp_path.rglob("*.tar*")] == []

    assert len(two_images(tmp_path)[0].layers) == 2
