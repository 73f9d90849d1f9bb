"""The few calls to the bed's API server that its own start needs, with nothing but Python's library."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass
from typing import Any

from tests.testbed.certificates import Authority


@dataclass(frozen=True)
class Api:
    """The API server as its administrator sees it."""

    authority: Authority
    host: str
    port: int

    def request(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and decoded answer; status 0 while nobody answers."""
        connection = http.client.HTTPSConnection(self.host, self.port, timeout=5, context=self._context())
        try:
            content = json.dumps(body) if body is not None else None
            connection.request(method, path, content, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            return 0, None
        finally:
            connection.close()
        return answer.status, json.loads(text) if text.startswith(b"{") else text.decode()

    def ready(self) -> bool:
        """Whether it serves."""
        return self.request("GET", "/readyz")[0] == 200

    def exists(self, path: str) -> bool:
        """Whether an object is there."""
        return self.request("GET", path)[0] == 200

    def node_ready(self, name: str, after: str | None = None) -> bool:
        """Whether the node's condition Ready is True, and the node gave another sign of life than `after`.

        A node that was never there needs no `after`. Its first lease often comes 10 s late: the kubelet tries once
        before it has registered, and then again after that time.
        """
        status, node = self.request("GET", f"/api/v1/nodes/{name}")
        return (
            status == 200
            and any(each["type"] == "Ready" and each["status"] == "True" for each in node["status"]["conditions"])
            and (after is None or self.last_sign_of(name) != after)
        )

    def last_sign_of(self, node: str) -> str:
        """When the node last renewed its lease; empty if it never did. A killed node stays Ready for a while."""
        status, lease = self.request("GET", f"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{node}")
        return str(lease["spec"].get("renewTime", "")) if status == 200 else ""

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.authority.certificate("ca")))
        context.load_cert_chain(self.authority.certificate("admin"), self.authority.key("admin"))
        return context
