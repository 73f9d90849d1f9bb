"""The pods in which images are run once: what they look like. Pure.

One for each image and place: its containers are the components of that image, each with the settings of the
component's own container but for what takes long or is not there yet: volumes, probes, ServiceAccount. What one of
them borrows from another image (mysqlctld in the image of MySQL) is copied first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vitessctl.probe.programs import lender_of
from vitessctl.render.names import object_name
from vitessctl.render.workloads import containers, pod_spec
from vitessctl.targets.base import Question
from vitessctl.targets.kubernetes.record import own_labels
from vitessctl.targets.kubernetes.snapshot import PROBE

AUTHOR = "vitessctl.io/author"
"""Annotation: the process that made it, so that a later run knows whether that is gone."""
WAIT_SECONDS = 300
"""How long such a pod is waited for at most: a large image on a slow line takes minutes."""
LIFE_SECONDS = WAIT_SECONDS + 60
"""After so long Kubernetes ends it itself, whoever made it."""
RESOURCES: Mapping[str, Any] = {
    "requests": {"cpu": "1m", "memory": "16Mi"},
    "limits": {"cpu": "500m", "memory": "128Mi"},
}
"""A quota may want both to be said. The help of vttablet 24 takes 63 MB, that of a stand-in 20 MB."""
_PLACE = (
    *("imagePullSecrets", "nodeSelector", "tolerations", "securityContext", "priorityClassName"),
    *("runtimeClassName", "schedulerName", "hostUsers"),
)
"""What of a component's pod decides whether, and where, its image runs."""
_OF_CONTAINER = ("image", "imagePullPolicy", "securityContext", "workingDir")


@dataclass(frozen=True)
class ProbePod:
    """A pod to make, and which container answers which question."""

    body: Mapping[str, Any]
    questions: Mapping[str, Question]

    @property
    def name(self) -> str:
        """metadata.name."""
        return str(self.body["metadata"]["name"])


def pods_for(
    cluster: str, namespace: str, questions: Sequence[Question], run: str, author: Mapping[str, Any]
) -> list[ProbePod]:
    """The pods that answer these questions. `run` is unlike that of any other run."""
    groups: dict[str, list[Question]] = {}
    for question in questions:
        groups.setdefault(_group(question), []).append(question)
    return [
        _pod(cluster, namespace, group, f"{run}-{number}", run, author) for number, group in enumerate(groups.values())
    ]


def _group(question: Question) -> str:
    spec = _pod_spec(question)
    image = _container(spec, question.container)["image"]
    return json.dumps([image, _place(spec)], sort_keys=True)


def _place(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Of affinities only that to nodes: which pods are near does not matter to one that ends at once."""
    found = {key: spec[key] for key in _PLACE if key in spec}
    nodes = (spec.get("affinity") or {}).get("nodeAffinity")
    return {**found, **({"affinity": {"nodeAffinity": nodes}} if nodes else {})}


def _pod(
    cluster: str, namespace: str, questions: Sequence[Question], suffix: str, run: str, author: Mapping[str, Any]
) -> ProbePod:
    spec = _pod_spec(questions[0])
    lenders = _lenders(questions)
    volumes = dict.fromkeys(name for lender in lenders.values() for name, _ in _mounts(lender))
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": object_name(cluster, "probe", suffix),
            "namespace": namespace,
            "labels": {**own_labels(cluster, "probe"), PROBE: run},
            "annotations": {AUTHOR: json.dumps(author, sort_keys=True)},
        },
        "spec": {
            **_place(spec),
            "restartPolicy": "Never",
            "activeDeadlineSeconds": LIFE_SECONDS,
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            **({"initContainers": [_lending(each) for each in lenders.values()]} if lenders else {}),
            "containers": [_asking(question, volumes) for question in questions],
            **({"volumes": [{"name": name, "emptyDir": {}} for name in volumes]} if volumes else {}),
        },
    }
    return ProbePod(body, {question.name: question for question in questions})


def _asking(question: Question, volumes: Iterable[str]) -> dict[str, Any]:
    own = _container(_pod_spec(question), question.container)
    env = [each for each in own.get("env") or () if "value" in each]
    mounts = [mount for name, mount in _mounts(own) if name in volumes]
    return {
        "name": question.name,
        **{key: own[key] for key in _OF_CONTAINER if key in own},
        "command": [question.program],
        "args": [question.argument],
        "resources": RESOURCES,
        **({"env": env} if env else {}),
        **({"volumeMounts": mounts} if mounts else {}),
    }


def _lending(lender: Mapping[str, Any]) -> dict[str, Any]:
    """The init container that just copies, within small resources."""
    return {**lender, "resources": RESOURCES}


def _lenders(questions: Iterable[Question]) -> dict[str, Mapping[str, Any]]:
    """The init containers that put a program where a question wants it, by name."""
    found: dict[str, Mapping[str, Any]] = {}
    for question in questions:
        spec = _pod_spec(question)
        lender = lender_of(spec, _container(spec, question.container), question.program)
        if lender is not None:
            found[str(lender["name"])] = lender
    return found


def _mounts(container: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(mount["name"], mount) for mount in container.get("volumeMounts") or ()]


def _pod_spec(question: Question) -> Mapping[str, Any]:
    return pod_spec(question.document.data)


def _container(spec: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return next(each for each in containers(spec) if each["name"] == name)
