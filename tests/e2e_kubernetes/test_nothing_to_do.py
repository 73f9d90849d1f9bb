"""`up` of what is up already: no write at all, and as many requests for nine tablets as for three."""

from __future__ import annotations

import re

from tests.e2e_kubernetes.tool import Tool
from tests.support.kubernetes.proxy import Asked, Proxy
from tests.testbed.fixtures import Bed, fresh_namespace

NINE = "keyspaces.messages.pools=[{cell: zone1, type: replica, tablets: 9, uid: 100}]"

MORE_TABLETS = 6
POD = re.compile(r"(?<=[a-z0-9])-[a-z0-9]{8,10}-[a-z0-9]{5}(?=/)")
"""The random part of the name of a Deployment's pod."""
NAMESPACE = re.compile(r"(?<=/namespaces/)[^/]*")


def again(bed: Bed, tool: Tool, proxy: Proxy) -> list[Asked]:
    """What a second `up` asks the API server.

    Once the kubelet has called every pod ready: `up` does not wait for that, and asks those itself that it has not.
    """
    tool("up", "--yes").ok()
    bed.kubectl("-n", tool.namespace, "wait", "--for=condition=Ready", "pods", "--all")
    proxy.plan()
    ran = tool.through(proxy.kubeconfig)("up", "--yes").ok()
    assert "Nothing changed." in ran.screen
    return list(proxy.asked)


def test_it_writes_nothing_and_asks_no_more_for_more_tablets(bed: Bed, proxy: Proxy) -> None:
    different, counts = [], []
    for extra in ((), (NINE,)):
        with fresh_namespace(bed) as namespace:
            tool = Tool(bed, namespace, extra=extra)
            asked = again(bed, tool, proxy)
            assert [str(one) for one in asked if one.writes] == []
            different.append({question(one) for one in asked})
            counts.append(len(asked))
            tool("down", "--yes").ok()
    assert different[0] == different[1]
    three, nine = counts
    assert nine - three < MORE_TABLETS, f"{nine} requests, {three} for three tablets"


def question(asked: Asked) -> str:
    """What was asked, whatever the namespace and the pod are called: a gate may have looked once more or less."""
    return POD.sub("", NAMESPACE.sub("", asked.target))
