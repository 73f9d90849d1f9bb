"""`up` of what is up already: no write at all, and as many requests for nine tablets as for three."""

from __future__ import annotations

import pytest

from tests.e2e_kubernetes.tool import Tool
from tests.support.kubernetes.proxy import Asked, Proxy
from tests.testbed.fixtures import Bed, fresh_namespace

NINE = "keyspaces.messages.pools=[{cell: zone1, type: replica, tablets: 9, uid: 100}]"

POLLS = 3
"""A gate may look once more or less; tablets that were asked one by one would make a difference of six at least."""


def again(tool: Tool, proxy: Proxy) -> list[Asked]:
    """What a second `up` asks the API server."""
    tool("up", "--yes").ok()
    proxy.plan()
    ran = tool.through(proxy.kubeconfig)("up", "--yes").ok()
    assert "Nothing changed." in ran.screen
    return list(proxy.asked)


def test_it_writes_nothing_and_asks_no_more_for_more_tablets(bed: Bed, proxy: Proxy) -> None:
    counts = []
    for extra in ((), (NINE,)):
        with fresh_namespace(bed) as namespace:
            tool = Tool(bed, namespace, extra=extra)
            asked = again(tool, proxy)
            assert [str(one) for one in asked if one.writes] == []
            counts.append(len(asked))
            tool("down", "--yes").ok()
    three, nine = counts
    assert nine == pytest.approx(three, abs=POLLS), counts
