"""`up` of what is up already: no write at all, and as many requests for nine tablets as for three."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.e2e_kubernetes.tool import Tool
from tests.support.kubernetes.proxy import Asked, Proxy
from tests.testbed.fixtures import Bed, fresh_namespace

NINE = "keyspaces.messages.pools=[{cell: zone1, type: replica, tablets: 9, uid: 100}]"


def again(tool: Tool, folder: Path) -> list[Asked]:
    """What a second `up` asks the API server."""
    tool("up", "--yes").ok()
    with Proxy.before(tool.bed.kubeconfig, folder) as proxy:
        ran = tool.through(proxy.kubeconfig)("up", "--yes").ok()
        assert "Nothing changed." in ran.screen
        return list(proxy.asked)


def test_it_writes_nothing_and_asks_no_more_for_more_tablets(bed: Bed, tmp_path: Path) -> None:
    counts = []
    for extra in ((), (NINE,)):
        with fresh_namespace(bed) as namespace:
            tool = Tool(bed, namespace, extra=extra)
            asked = again(tool, tmp_path)
            assert [str(one) for one in asked if one.writes] == []
            counts.append(Counter(str(one) for one in asked))
            tool("down", "--yes").ok()
    three, nine = ({request.replace("-2/", "-1/"): count for request, count in one.items()} for one in counts)
    assert sum(nine.values()) == pytest.approx(sum(three.values()), abs=3), (three, nine)
