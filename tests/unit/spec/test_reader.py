"""From bytes to nodes: places, and files that are no spec."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml

from tests.unit.spec.conftest import Loader
from vitessctl.errors import Place, SpecError, SpecErrors
from vitessctl.spec import load, tree
from vitessctl.spec.node import dotted, walk
from vitessctl.spec.reader import read_file, read_text

TEXT = """\
# a comment
cluster: shop
cells: [zone1, {name: zone2}]
keyspaces:
  messages: {tablets: {replica: 3}}
"""

PLACES = {
    "the spec": "2:1",
    "cluster": "2:10",
    "cells": "3:8",
    "cells[0]": "3:9",
    "cells[1]": "3:16",
    "cells[1].name": "3:23",
    "keyspaces": "5:3",
    "keyspaces.messages": "5:13",
    "keyspaces.messages.tablets": "5:23",
    "keyspaces.messages.tablets.replica": "5:33",
}


def test_every_value_knows_its_place() -> None:
    root = read_text(TEXT, "x.yaml")
    assert root is not None
    assert {dotted(path): f"{node.place.line}:{node.place.column}" for path, node in walk(root)} == PLACES
    assert root.key_place(("keyspaces", "messages")) == Place("x.yaml", 5, 3)
    assert root.place_of(("keyspaces", "messages", "shards", 3)) == Place("x.yaml", 5, 13), "the nearest that is there"
    assert root.get("cells", 7) is None
    assert root.get("cluster", "x") is None


def test_a_tree_without_some_of_its_parts() -> None:
    root = read_text(TEXT, "x.yaml")
    assert root is not None
    assert root.without(("cells", 0)).plain()["cells"] == [{"name": "zone2"}]
    assert root.without(("keyspaces", "messages")).plain()["keyspaces"] == {}
    assert root.without(("nothing", "there")) == root


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfcluster: shop\r\ncells: [zone1]\r\n")
    root = read_file(path)
    assert root is not None
    assert root.plain() == {"cluster": "shop", "cells": ["zone1"]}


def test_bytes_that_are_no_text_have_a_place(tmp_path: Path) -> None:
    path = tmp_path / "cluster.yaml"
    path.write_bytes("cluster: shöp\nimage: caf".encode() + b"\xe9\n")
    with pytest.raises(SpecErrors) as caught:
        load(path)
    assert str(caught.value) == f"{path}:2:11: byte 0xe9 is not UTF-8\n  fix: save the file as UTF-8"


def test_a_null_byte_has_a_place(load_text: Loader) -> None:
    with pytest.raises(SpecErrors, match=r"cluster.yaml:2:3: a control character is not allowed here"):
        load_text("ä: b\nöc\0d: e\n")


def test_a_file_of_10_mb_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "cluster.yaml"
    path.write_text("a: b\n" * 2_000_000)
    started = time.perf_counter()
    with pytest.raises(SpecErrors, match=r"cluster.yaml:1:1: the file is larger than 1 MB"):
        load(tmp_path)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("text", ["[" * 500_000, "- " * 400_000, "{a: " * 200_000, "? " * 400_000, "&a " * 300_000])
def test_depth_costs_nothing(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(SpecError):
        read_text(text, "x.yaml")
    assert time.perf_counter() - started < 1


def test_what_is_no_plain_file(tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").mkdir()
    with pytest.raises(SpecErrors, match=r"cluster.yaml:1:1: there is no such file"):
        load(tmp_path)
    with pytest.raises(SpecErrors, match="there is no such file"):
        load(Path("/dev/null"))


def test_nothing_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecErrors) as caught:
        load(None)
    assert str(caught.value) == (
        "cluster.yaml:1:1: there is no cluster.yaml\n"
        "  why: an inventory is a folder that holds cluster.yaml, or the file itself\n"
        "  fix: choose one with -i, or make one: vitessctl init DIR"
    )
    with pytest.raises(SpecErrors, match="elsewhere:1:1: there is no such file or folder"):
        load(Path("elsewhere"))
    (tmp_path / "cluster.yml").touch()
    with pytest.raises(SpecErrors, match=r"fix: rename cluster.yml to cluster.yaml"):
        load(tmp_path)


def test_a_file_that_is_another_name_has_its_group_vars_too(tmp_path: Path) -> None:
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "all.yaml").write_text("image: vitess/lite:v24.0.4\n")
    path = tmp_path / "prod.yaml"
    path.write_text("cluster: shop\ncells: [zone1]\nkeyspaces: {messages: {tablets: {replica: 1}}}\n")
    spec = load(path)
    assert spec.release == "24"
    assert spec.place("images", "vitess") == Place(str(tmp_path / "group_vars" / "all.yaml"), 1, 8)
    assert spec.place("cluster") == Place(str(path), 1, 10)


def test_an_argument_that_is_no_text(load_text: Loader) -> None:
    with pytest.raises(SpecErrors, match=r"-e:1:\d+: this is not UTF-8"):
        load_text("cluster: a", extra_vars=["{a: \udcff}"])


SYNTAX = yaml.safe_load((Path(__file__).parent / "cases" / "syntax.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", SYNTAX, ids=lambda case: case["name"])
def test_without_the_c_loader_the_same_is_refused(
    case: dict[str, str], load_text: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyYAML may be installed without libyaml; it then words some reasons differently and counts columns otherwise."""
    monkeypatch.setattr(tree, "Loader", yaml.SafeLoader)
    with pytest.raises(SpecErrors) as caught:
        load_text(case["spec"])
    places = [error.where.line for error in caught.value.errors if isinstance(error.where, Place)]
    expected = [line.split(":") for line in case["errors"].splitlines() if line.startswith("cluster.yaml")]
    assert places == [int(parts[1]) for parts in expected]


def test_without_the_c_loader_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with_c = read_text(TEXT, "x.yaml")
    monkeypatch.setattr(tree, "Loader", yaml.SafeLoader)
    assert read_text(TEXT, "x.yaml") == with_c
