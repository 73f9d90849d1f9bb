"""kill -9 of vitessctl after a write of `up`, of an update, of `down`: the next run finishes what was begun."""

from __future__ import annotations

import random

from tests.e2e_kubernetes.killing import killed_after
from tests.e2e_kubernetes.tool import Tool
from tests.support.kubernetes.proxy import Proxy
from tests.testbed.fixtures import Bed

SEED = 4
LAST_WRITE = 12
"""A run is killed after one of its first writes; `up` of inventories/minimal makes some thirty with its record."""


def killed(proxy: Proxy, tool: Tool, writes: int, command: str, *words: str) -> None:
    run = killed_after(proxy, tool, writes, command, *words)
    assert run.killed, f"{command} was not killed after {writes} writes, it made {len(run.done)}:\n{run.screen}"


def test_runs_that_were_killed_are_finished_by_the_next(bed: Bed, proxy: Proxy, namespace: str) -> None:
    chance = random.Random(SEED)
    tool = Tool(bed, namespace)
    for _ in range(3):
        killed(proxy, tool, chance.randint(1, LAST_WRITE), "up", "--yes")
    tool("up", "--yes").ok()
    tool.assert_nothing_is_left_to_do()
    tool.write_row(1)

    changed = tool.of("extra_flags={vtgate: {grpc_max_message_size: 33554432}}")
    killed(proxy, changed, chance.randint(1, 3), "up", "--yes")
    changed("up", "--yes").ok()
    changed.assert_nothing_is_left_to_do()
    assert changed.read_rows() == [1]

    for _ in range(2):
        killed(proxy, changed, chance.randint(1, 6), "down", "--yes")
    changed("down", "--yes").ok()
    assert changed.holder() == ""
    changed("up", "--yes").ok()
    assert changed.read_rows() == [1]
