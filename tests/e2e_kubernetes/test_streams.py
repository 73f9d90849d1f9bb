"""Port-forwards and followed logs through a connection that breaks: what is asked next works, what hangs ends."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from tests.e2e_kubernetes.tool import until
from tests.support.kubernetes.proxy import Proxy
from tests.testbed.fixtures import Bed
from vitessctl.run import http
from vitessctl.targets.kubernetes.client import open_api
from vitessctl.targets.kubernetes.faults import StreamFailed
from vitessctl.targets.kubernetes.interface import KubernetesApi

IMAGE = "vitess/lite:v24.0.4"
SERVER = "import time, http.server as h, threading as t; " + (
    "t.Thread(target=h.HTTPServer(('', 8080), h.SimpleHTTPRequestHandler).serve_forever).start(); "
    "[(print(n, flush=True), time.sleep(0.2)) for n in range(10000)]"
)
POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "talker"},
    "spec": {
        "terminationGracePeriodSeconds": 0,
        "containers": [{"name": "main", "image": IMAGE, "command": ["python3", "-c", SERVER], "workingDir": "/tmp"}],
    },
}


@pytest.fixture
def api(bed: Bed, namespace: str, proxy: Proxy) -> KubernetesApi:
    """The API through the proxy, and a pod that serves HTTP and writes a line five times a second."""
    bed.kubectl("-n", namespace, "create", "-f", "-", stdin=json.dumps(POD))
    bed.kubectl("-n", namespace, "wait", "--for=condition=Ready", "pod/talker", "--timeout=60s")
    return open_api(kubeconfig=str(proxy.kubeconfig))


def test_a_forward_outlives_its_connections(api: KubernetesApi, namespace: str, proxy: Proxy) -> None:
    with api.forward(namespace, "talker", 8080) as address:
        until(lambda: http.get(address, "/").status == 200, "it answered")
        for _ in range(3):
            proxy.cut_streams()
            assert http.get(address, "/").status == 200


def test_a_followed_log_that_breaks_off_says_so(api: KubernetesApi, namespace: str, proxy: Proxy) -> None:
    lines = api.follow(namespace, "talker", "main", 10)
    assert next(lines).isdigit()

    threading.Timer(0.5, proxy.cut_streams).start()

    with pytest.raises(StreamFailed, match="cannot follow the log"):
        list(lines)
