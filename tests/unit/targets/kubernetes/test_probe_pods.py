"""The pods in which images are run once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.unit.render.clusters import minimal, production
from vitessctl.model.cluster import Cluster
from vitessctl.probe.programs import find
from vitessctl.probe.questions import ask
from vitessctl.render.render import render
from vitessctl.targets.kubernetes.preflight_security import violations
from vitessctl.targets.kubernetes.probe_pods import AUTHOR, RESOURCES, ProbePod, pods_for
from vitessctl.targets.kubernetes.snapshot import PROBE


def pods(cluster: Cluster | None = None) -> list[ProbePod]:
    cluster = cluster or minimal()
    questions = [each.question for each in ask(find(render(cluster, "kubernetes"))[0])]
    return pods_for(cluster.name, cluster.namespace, questions, "run1", {"pid": 7})


def by_image(found: list[ProbePod]) -> Mapping[str, ProbePod]:
    return {pod.body["spec"]["containers"][0]["image"]: pod for pod in found}


def containers(pod: ProbePod) -> list[Mapping[str, Any]]:
    return [*pod.body["spec"].get("initContainers", ()), *pod.body["spec"]["containers"]]


def test_one_pod_for_each_image() -> None:
    found = {image: list(pod.questions) for image, pod in by_image(pods()).items()}

    assert found == {
        "quay.io/coreos/etcd:v3.5.17": ["etcd-help", "etcd-version"],
        "vitess/lite:v24": ["vtctld-help", "vtctld-version", "vttablet-help", "vtorc-help", "vtgate-help"],
        "mysql:8.4.8": ["mysqlctld-help", "mysqld-version"],
    }


def test_where_the_release_holds_mysql_there_are_two() -> None:
    found = by_image(pods(minimal("14")))

    assert set(found) == {"quay.io/coreos/etcd:v3.5.17", "vitess/lite:v14"}
    assert {"mysqlctld-help", "mysqld-version"} <= set(found["vitess/lite:v14"].questions)


def test_each_container_asks_one_thing() -> None:
    [vtctld, *_] = by_image(pods())["vitess/lite:v24"].body["spec"]["containers"]

    assert (vtctld["command"], vtctld["args"]) == (["/vt/bin/vtctld"], ["--help"])
    assert vtctld["resources"] == RESOURCES


def test_what_is_borrowed_is_copied_before() -> None:
    spec = by_image(pods())["mysql:8.4.8"].body["spec"]

    [lender] = spec["initContainers"]
    assert (lender["image"], lender["command"]) == ("vitess/lite:v24", ["cp", "/vt/bin/mysqlctld", "/vt/shared"])
    assert spec["volumes"] == [{"name": "shared", "emptyDir": {}}]
    assert [mount["mountPath"] for mount in spec["containers"][0]["volumeMounts"]] == ["/vt/shared"]


def test_it_ends_by_itself_and_needs_nothing_of_the_cluster() -> None:
    for pod in pods():
        spec = pod.body["spec"]
        assert (spec["restartPolicy"], spec["activeDeadlineSeconds"]) == ("Never", 360)
        assert spec["automountServiceAccountToken"] is False
        assert "serviceAccountName" not in spec, "up makes it later"
        assert all("emptyDir" in volume for volume in spec.get("volumes", ()))


def test_it_is_as_restricted_as_the_component() -> None:
    assert [violations(pod.body["spec"], "restricted") for pod in pods()] == [[], [], []]


def test_whose_it_is() -> None:
    metadata = pods()[0].body["metadata"]

    assert metadata["name"] == "guestbook-probe-run1-0"
    assert (metadata["labels"]["vitessctl.io/cluster"], metadata["labels"][PROBE]) == ("guestbook", "run1")
    assert "vitessctl.io/component" not in metadata["labels"], "no Service may select it"
    assert json.loads(metadata["annotations"][AUTHOR]) == {"pid": 7}


def test_it_runs_where_the_component_would() -> None:
    settings: dict[str, Any] = {
        "image_pull_secrets": [{"name": "registry"}],
        "node_selector": {"disk": "ssd"},
        "tolerations": [{"key": "db", "operator": "Exists"}],
        "env": [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
    }
    cluster = replace(minimal(), components={"vtgate": settings})

    vitess = [pod for pod in pods(cluster) if pod.body["spec"]["containers"][0]["image"] == "vitess/lite:v24"]

    spec = next(pod.body["spec"] for pod in vitess if "vtgate-help" in pod.questions)
    assert len(vitess) == 2, "the other components have another place"
    assert spec["imagePullSecrets"] == settings["image_pull_secrets"]
    assert spec["nodeSelector"] == settings["node_selector"]
    assert spec["tolerations"] == settings["tolerations"]
    assert [each["name"] for each in spec["containers"][0]["env"]] == ["VTDATAROOT", "A"], "a Secret may not be there"


def test_cells_in_zones_do_not_multiply_the_questions() -> None:
    names = [name for pod in pods(production()) for name in pod.questions]

    assert sorted(names) == sorted(set(names))
    assert sum("vtgate-help" in name for name in names) == 1
