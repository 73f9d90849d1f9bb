"""Kubernetes' controllers, as far as the target's tests need them: pods follow their StatefulSet or Deployment.

play(api)                       # StatefulSets get their pods, Deployments roll at once, deleted owners take pods along
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tests.support.kubernetes.fake import FakeApi
from vitessctl.targets.kubernetes import kinds

REVISION = "controller-revision-hash"


def play(api: FakeApi) -> None:
    """From now on every write of a workload is followed by what its controller does."""
    api.after(kinds.STATEFUL_SET, _stateful_set)
    api.after(kinds.DEPLOYMENT, _deployment)


def follow(api: FakeApi, namespace: str) -> None:
    """Let the controllers look again: pods that are missing are made, pods without an owner go."""
    for name in api.names(kinds.STATEFUL_SET, namespace):
        _stateful_set(api, api.stored(kinds.STATEFUL_SET, namespace, name))
    for name in api.names(kinds.POD, namespace):
        owner = api.stored(kinds.POD, namespace, name)["metadata"]["ownerReferences"][0]
        kind = kinds.STATEFUL_SET if owner["kind"] == "StatefulSet" else kinds.DEPLOYMENT
        parent = owner["name"] if kind == kinds.STATEFUL_SET else owner["name"].rpartition("-")[0]
        if parent not in api.names(kind, namespace):
            api.remove(kinds.POD, namespace, name)


def revision_of(name: str, template: Mapping[str, Any]) -> str:
    """What a StatefulSet's pods carry as their revision."""
    return f"{name}-{hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:8]}"


def _stateful_set(api: FakeApi, found: Mapping[str, Any]) -> None:
    metadata, spec = found["metadata"], found["spec"]
    revision = revision_of(metadata["name"], spec["template"])
    on_delete = spec.get("updateStrategy", {}).get("type") == "OnDelete"
    replicas = spec.get("replicas", 1)
    for index in range(replicas):
        name = f"{metadata['name']}-{index}"
        there = name in api.names(kinds.POD, metadata["namespace"])
        if there and not on_delete:
            stored = api.stored(kinds.POD, metadata["namespace"], name)
            if stored["metadata"]["labels"][REVISION] != revision:
                api.remove(kinds.POD, metadata["namespace"], name)
                there = False
        if not there:
            labels = {**spec["template"]["metadata"]["labels"], REVISION: revision}
            inside = {**spec["template"]["spec"], "volumes": _volumes(spec, name)}
            api.put(_pod(name, metadata["namespace"], labels, inside, _owner("StatefulSet", found)))
        _claims(api, found, name)
    pods = [api.stored(kinds.POD, metadata["namespace"], f"{metadata['name']}-{index}") for index in range(replicas)]
    status: dict[str, Any] = {"updateRevision": revision, "currentRevision": revision, "replicas": replicas}
    updated = sum(pod["metadata"]["labels"][REVISION] == revision for pod in pods)
    # The real one leaves a zero out.
    _report(api, kinds.STATEFUL_SET, found, status | ({"updatedReplicas": updated} if updated else {}))


def _volumes(spec: Mapping[str, Any], pod: str) -> list[dict[str, Any]]:
    """Those of the template, and for each claim of the pod's own one that names it."""
    claims = [template["metadata"]["name"] for template in spec.get("volumeClaimTemplates") or ()]
    own = [{"name": name, "persistentVolumeClaim": {"claimName": f"{name}-{pod}"}} for name in claims]
    return [*(spec["template"]["spec"].get("volumes") or ()), *own]


def _claims(api: FakeApi, found: Mapping[str, Any], pod: str) -> None:
    namespace = found["metadata"]["namespace"]
    for template in found["spec"].get("volumeClaimTemplates") or ():
        name = f"{template['metadata']['name']}-{pod}"
        if name not in api.names(kinds.PERSISTENT_VOLUME_CLAIM, namespace):
            metadata = {"name": name, "namespace": namespace, "labels": template["metadata"].get("labels", {})}
            claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata}
            api.put({**claim, "spec": template["spec"], "status": {"phase": "Bound"}})


def _deployment(api: FakeApi, found: Mapping[str, Any]) -> None:
    metadata, spec = found["metadata"], found["spec"]
    replica_set = revision_of(metadata["name"], spec["template"])
    for name in api.names(kinds.POD, metadata["namespace"]):
        owner = api.stored(kinds.POD, metadata["namespace"], name)["metadata"]["ownerReferences"][0]["name"]
        if (
            owner.startswith(f"{metadata['name']}-")
            and owner != replica_set
            and owner.count("-") == replica_set.count("-")
        ):
            api.remove(kinds.POD, metadata["namespace"], name)
    replicas = spec.get("replicas", 1)
    for index in range(replicas):
        name = f"{replica_set}-{index}"
        if name not in api.names(kinds.POD, metadata["namespace"]):
            owner_reference = {**_owner("ReplicaSet", found), "name": replica_set}
            labels = spec["template"]["metadata"]["labels"]
            api.put(_pod(name, metadata["namespace"], labels, spec["template"]["spec"], owner_reference))
    counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), replicas)
    _report(api, kinds.DEPLOYMENT, found, counts)


def _report(api: FakeApi, kind: kinds.Kind, found: Mapping[str, Any], status: Mapping[str, Any]) -> None:
    metadata = found["metadata"]
    wanted = {"observedGeneration": metadata.get("generation", 1), **status}
    if found.get("status") != wanted:
        api.set_status(kind, metadata["namespace"], metadata["name"], wanted)


def _owner(kind: str, found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "name": found["metadata"]["name"],
        "uid": found["metadata"].get("uid", ""),
        "controller": True,
    }


def _pod(
    name: str, namespace: str, labels: Mapping[str, str], spec: Mapping[str, Any], owner: Mapping[str, Any]
) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace, "labels": dict(labels), "ownerReferences": [dict(owner)]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": dict(spec), "status": _status(spec)}


def _status(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A pod in which everything has come up."""
    running = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    ended = {"terminated": {"exitCode": 0, "reason": "Completed"}}
    return {
        "phase": "Running",
        "podIP": "10.244.0.7",
        "startTime": "2026-01-01T00:00:00Z",
        "conditions": [{"type": kind, "status": "True"} for kind in ("PodScheduled", "Initialized", "Ready")],
        "initContainerStatuses": [
            _container(each["name"], running if each.get("restartPolicy") == "Always" else ended)
            for each in spec.get("initContainers") or ()
        ],
        "containerStatuses": [_container(each["name"], running) for each in spec["containers"]],
    }


def _container(name: str, state: Mapping[str, Any]) -> dict[str, Any]:
    up = "running" in state
    return {"name": name, "ready": True, "started": up, "restartCount": 0, "state": dict(state)}
