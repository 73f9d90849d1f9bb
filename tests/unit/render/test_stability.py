"""The same cluster gives the same bytes, on every machine and in every process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.render.clusters import ALL, minimal, wide
from vitessctl.model.cluster import Tablet
from vitessctl.render.render import render

ROOT = Path(__file__).parents[3]
PROGRAM = """
import hashlib
from tests.unit.render.clusters import ALL
from vitessctl.render.render import render
digest = hashlib.sha256()
for name, cluster in ALL.items():
    for target in ("local", "kubernetes"):
        for document in render(cluster, target):
            digest.update(repr((name, document)).encode())
print(digest.hexdigest())
"""


def digest_of_another_process(seed: str, folder: Path) -> str:
    environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def test_the_order_of_dictionaries_the_folder_and_the_home_do_not_matter(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    assert digest_of_another_process("1", first) == digest_of_another_process("4242", second)


@pytest.mark.parametrize("target", ["local", "kubernetes"])
def test_a_further_tablet_changes_nothing_of_the_others(target: str) -> None:
    cluster = minimal()
    shard = cluster.keyspaces[0].shards[0]
    new = Tablet("zone1", 103, "messages", "0", "replica", 3, "10Gi")
    more = minimal(
        keyspaces=(
            type(cluster.keyspaces[0])(
                "messages", "semi_sync", (type(shard)("messages", "0", shard.key_range, (*shard.tablets, new)),)
            ),
        )
    )
    before = {document.label: document.text for document in render(cluster, target)}  # type: ignore[arg-type]
    after = {document.label: document.text for document in render(more, target)}  # type: ignore[arg-type]
    assert before.items() <= after.items()
    assert all("0000000103" in label for label in after.keys() - before.keys())


def test_nothing_of_this_machine_is_in_the_documents() -> None:
    here = (str(ROOT), str(Path.home()), os.uname().nodename)
    for cluster in ALL.values():
        for target in ("local", "kubernetes"):
            for document in render(cluster, target):  # type: ignore[arg-type]
                assert not any(len(word) > 3 and word in document.text for word in here), document.label


def test_many_tablets_are_parsed_once_a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    from vitessctl.render import yamlmoulds

    yamlmoulds._mould.cache_clear()
    parsed: list[str] = []
    compose = yaml.compose_all
    monkeypatch.setattr(yaml, "compose_all", lambda text, Loader: parsed.append(text) or compose(text, Loader=Loader))
    documents = render(wide(200), "kubernetes")
    tablets = [document for document in documents if "StatefulSet/guestbook-vttablet" in document.label]
    assert len(tablets) == 200
    assert len(parsed) == len({document.template for document in documents})
    assert len({hashlib.sha256(document.text.encode()).digest() for document in tablets}) == 200
