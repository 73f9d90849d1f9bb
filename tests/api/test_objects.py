"""Every object of every inventory is accepted by real API servers, fields strictly validated. Nothing is kept.

By three: the oldest that vitessctl works with, the bed's own, and the newest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.testbed import unavailable
from tests.testbed.api_servers.versions import NEWEST, OLDEST
from tests.testbed.build import KUBERNETES
from tests.unit.render.clusters import minimal
from tests.unit.render.test_pods import EVERYTHING
from vitessctl.errors import VitessctlError
from vitessctl.model.build import build
from vitessctl.model.cluster import Autoscale, Cell, Cluster, Topology, User, Vtgate
from vitessctl.render.documents import Document
from vitessctl.render.render import render
from vitessctl.spec import load
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.client import open_api
from vitessctl.targets.kubernetes.faults import Invalid
from vitessctl.targets.kubernetes.interface import KubernetesApi
from vitessctl.targets.kubernetes.preflight_version import check

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


@pytest.fixture(scope="module", params=(OLDEST.version, KUBERNETES, NEWEST.version))
def api(request: pytest.FixtureRequest) -> Iterator[KubernetesApi]:
    """An API server, with a namespace that takes only pods of the Pod Security level `restricted`."""
    with kubeconfig_of(request) as kubeconfig:
        yield from restricted(open_api(kubeconfig=kubeconfig, environ={}))


@contextmanager
def kubeconfig_of(request: pytest.FixtureRequest) -> Iterator[str]:
    """Of the session's own API server, or of one of another version that is started for this."""
    others = {each.version: each for each in (OLDEST, NEWEST)}
    if request.param not in others:
        yield str(request.getfixturevalue("api_server").kubeconfig)
        return
    if why := unavailable.reason(nodes=0):
        pytest.skip(why)
    with fixtures.started(nodes=0, api_server=others[request.param].program()) as cluster:
        yield str(cluster.kubeconfig)


def restricted(api: KubernetesApi) -> Iterator[KubernetesApi]:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}})
    yield api
    api.delete(kinds.NAMESPACE, "", NAMESPACE)


def placed(document: Document) -> dict[str, Any]:
    """The object in the namespace of this test."""
    return {**document.data, "metadata": {**document.data["metadata"], "namespace": NAMESPACE}}


@pytest.mark.parametrize("name", sorted(CLUSTERS))
def test_every_object_is_accepted(api: KubernetesApi, name: str) -> None:
    refused = {}
    for document in render(CLUSTERS[name], "kubernetes"):
        wanted = placed(document)
        try:
            lost = list(dropped(wanted, api.apply(wanted, dry_run=True)))
        except VitessctlError as error:
            refused[document.label] = str(error)
        else:
            assert lost == [], document.label
    assert refused == {}


def dropped(wanted: Any, answer: Any, path: str = "") -> Iterator[str]:
    """Fields that the server took and did not keep, as it does with what a shut gate guards."""
    if isinstance(wanted, Mapping):
        for key, value in wanted.items():
            if key in answer:
                yield from dropped(value, answer[key], f"{path}.{key}")
            elif value != []:
                yield f"{path}.{key}"
    elif isinstance(wanted, list):
        for number, (value, kept) in enumerate(zip(wanted, answer, strict=True)):
            yield from dropped(value, kept, f"{path}[{number}]")


def test_a_field_that_is_dropped_would_be_seen() -> None:
    wanted = {"initContainers": [{"name": "mysqld", "restartPolicy": "Always"}], "replicas": 1}
    answer = {"initContainers": [{"name": "mysqld", "image": "mysql"}], "replicas": 1}
    assert list(dropped(wanted, answer)) == [".initContainers[0].restartPolicy"]


@pytest.mark.parametrize("name", sorted(set(CLUSTERS) - {"everything"}))  # that has a container of the user's own
def test_every_pod_is_of_the_restricted_level(api: KubernetesApi, name: str) -> None:
    """The level is enforced on pods alone, so each template is tried as one."""
    refused = {}
    for document in render(CLUSTERS[name], "kubernetes"):
        template = (document.data.get("spec") or {}).get("template")
        if template is None:
            continue
        claims = document.data["spec"].get("volumeClaimTemplates") or ()
        volumes = [{"name": claim["metadata"]["name"], "emptyDir": {}} for claim in claims]
        spec = {**template["spec"], "volumes": [*(template["spec"].get("volumes") or ()), *volumes]}
        spec.pop("serviceAccountName", None)
        spec.pop("priorityClassName", None)
        metadata = {"name": document.name, "namespace": NAMESPACE, "labels": template["metadata"]["labels"]}
        try:
            api.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}, dry_run=True)
        except VitessctlError as error:
            refused[document.label] = str(error)
    assert refused == {}


def test_its_version_is_one_that_up_takes(api: KubernetesApi) -> None:
    assert list(check(api.version())) == []


def test_a_field_that_does_not_exist_would_be_refused(api: KubernetesApi) -> None:
    document = next(each for each in render(minimal(), "kubernetes") if each.kind == "Deployment")
    with pytest.raises(Invalid, match="sepc"):
        api.apply({**placed(document), "sepc": {}}, dry_run=True)
