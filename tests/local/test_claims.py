"""Test clusters side by side have no port in common, whatever their inventories and processes.

Until they claimed all their ports, one with tablets of UID 200 met the vtgate of its neighbour, once in many runs.
"""

from __future__ import annotations

import random
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.support.claims import claimed_base_port, give_back, offsets_of
from vitessctl.model.build import build
from vitessctl.render.render import render
from vitessctl.spec import load
from vitessctl.targets.local.ports import ports_of

INVENTORIES = sorted(file.parent for file in Path("inventories").glob("*/cluster.yaml"))


@contextmanager
def claims(*inventories: Path) -> Iterator[Mapping[Path, frozenset[int]]]:
    """The ports of each, claimed one after the other in this process."""
    bases = [(claimed_base_port(inventory), inventory) for inventory in inventories]
    try:
        yield {inventory: frozenset(base + offset for offset in offsets_of(inventory)) for base, inventory in bases}
    finally:
        for base, _ in bases:
            give_back(base)


@pytest.mark.parametrize("inventory", INVENTORIES, ids=lambda folder: str(folder.name))
def test_all_that_an_inventory_listens_on_is_claimed(inventory: Path) -> None:
    documents = render(build(load(inventory)), "local")
    ports = {port for each in documents for port in ports_of(0, each.component, each.subject).values()}

    assert len(ports) > 15
    assert ports <= offsets_of(inventory)


@pytest.mark.parametrize(
    "pair", list(combinations(INVENTORIES, 2)), ids=lambda pair: "-".join(each.name for each in pair)
)
def test_no_two_have_a_port_in_common(pair: tuple[Path, Path]) -> None:
    with claims(*pair) as ports:
        one, other = ports.values()
        assert not one & other
        assert not any(15000 <= port < 15000 + 900 for port in one | other)


def only(base: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on there is no other base to choose."""
    monkeypatch.setattr(random, "sample", lambda _bases, _count: [base])


def test_nor_two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    script = "from tests.support.claims import claimed_base_port as claim; print(claim(), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=PIPE, stdout=PIPE, text=True) as other:
        assert other.stdin
        assert other.stdout
        only(base := int(other.stdout.readline()), monkeypatch)
        with pytest.raises(RuntimeError, match="no free range"):
            claimed_base_port()
        other.stdin.close()
        other.wait(30)

    assert claimed_base_port() == base, "free with the end of the process"
    give_back(base)


def test_what_was_given_back_can_be_claimed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    only(base := claimed_base_port(), monkeypatch)
    with pytest.raises(RuntimeError):
        claimed_base_port()

    give_back(base)
    give_back(base)

    assert claimed_base_port() == base
    give_back(base)


def test_a_port_that_somebody_listens_on_is_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    only(base := claimed_base_port(), monkeypatch)
    give_back(base)

    with socket.create_server(("127.0.0.1", base + 501)), pytest.raises(RuntimeError):
        claimed_base_port()

    assert claimed_base_port() == base, "and the failed attempt kept nothing"
    give_back(base)
