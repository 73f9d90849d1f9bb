"""Every object of every inventory is accepted by a real API server, fields strictly validated. Nothing is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.render.clusters import minimal
from tests.unit.render.test_pods import EVERYTHING
from vitessctl.model.build import build
from vitessctl.model.cluster import Autoscale, Cell, Cluster, Topology, User, Vtgate
from vitessctl.render.documents import Document
from vitessctl.render.render import render
from vitessctl.spec import load

fixtures = pytest.importorskip("tests.testbed.fixtures", reason="there is no test bed here")
api_server = fixtures.api_server

INVENTORIES = Path(__file__).parents[2] / "inventories"
NAMESPACE = "vitessctl-objects"
SPREAD = [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}]
CLUSTERS: dict[str, Cluster] = {
    **{path.name: build(load(path, target="kubernetes")) for path in sorted(INVENTORIES.iterdir())},
    "everything": minimal(
        topology=Topology(members=3),
        cells=(Cell("zone1", vtgate=Vtgate(service="LoadBalancer", autoscale=Autoscale(max=3))),),
        components={
            name: {**EVERYTHING, "topology_spread": SPREAD} for name in ("etcd", "vtctld", "vttablet", "vtgate")
        },
        users=(User("app"),),
    ),
    "long names": minimal(name="c" * 40, cells=(Cell("zone1"),)),
}


@pytest.fixture(scope="module")
def call(api_server: Any) -> Iterator[Any]:
    """Sends one request to the API server; gives its status and its answer."""
    from kubernetes.client.exceptions import ApiException
    from kubernetes.config import new_client_from_config

    with new_client_from_config(str(getattr(api_server, "kubeconfig", api_server))) as client:

        def send(method: str, path: str, body: Any, kind: str = "application/json", **query: str) -> tuple[int, str]:
            headers = {"Content-Type": kind, "Accept": "application/json"}
            try:
                response = client.call_api(
                    path, method, query_params=list(query.items()), header_params=headers, body=body,
                    auth_settings=["BearerToken"], _preload_content=False, _return_http_data_only=True,
                )  # fmt: skip
            except ApiException as error:
                return int(error.status), str(error.body)
            return int(response.status), response.data.decode()

        labels = {"pod-security.kubernetes.io/enforce": "restricted"}
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}
        status, answer = send("POST", "/api/v1/namespaces", namespace)
        assert status in (201, 409), answer
        yield send
        send("DELETE", f"/api/v1/namespaces/{NAMESPACE}", None)


def path_of(document: Document) -> str:
    """Where the API server has the object, in the namespace of this test."""
    version, kind = document.data["apiVersion"], document.kind
    plural = "networkpolicies" if kind == "NetworkPolicy" else f"{kind.lower()}s"
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    return f"{root}/namespaces/{NAMESPACE}/{plural}/{document.name}"


@pytest.mark.parametrize("name", sorted(CLUSTERS))
def test_every_object_is_accepted(call: Any, name: str) -> None:
    refused = {}
    for document in render(CLUSTERS[name], "kubernetes"):
        body = {**document.data, "metadata": {**document.data["metadata"], "namespace": NAMESPACE}}
        status, answer = call(
            "PATCH", path_of(document), body, "application/apply-patch+yaml",
            fieldManager="vitessctl", fieldValidation="Strict", dryRun="All",
        )  # fmt: skip
        if status not in (200, 201):
            refused[document.label] = json.loads(answer).get("message", answer)
    assert refused == {}


def test_a_field_that_does_not_exist_would_be_refused(call: Any) -> None:
    document = next(each for each in render(minimal(), "kubernetes") if each.kind == "Deployment")
    body = {**document.data, "metadata": {"name": document.name, "namespace": NAMESPACE}, "sepc": {}}
    status, answer = call(
        "PATCH", path_of(document), body, "application/apply-patch+yaml",
        fieldManager="vitessctl", fieldValidation="Strict", dryRun="All",
    )  # fmt: skip
    assert status in (400, 422, 500)
    assert "sepc" in answer
