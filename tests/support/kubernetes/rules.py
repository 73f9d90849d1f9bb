"""What an API server checks and sets, as far as the fake plays it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vitessctl.targets.kubernetes import faults, kinds
from vitessctl.targets.kubernetes.interface import Kind

_ANY = frozenset({"apiVersion", "kind", "metadata"})
_FIELDS: dict[Kind, frozenset[str]] = {
    kinds.CONFIG_MAP: frozenset({"data", "binaryData", "immutable"}),
    kinds.SECRET: frozenset({"data", "stringData", "type", "immutable"}),
    kinds.SERVICE_ACCOUNT: frozenset({"automountServiceAccountToken", "imagePullSecrets", "secrets"}),
    kinds.STORAGE_CLASS: frozenset(
        {"provisioner", "parameters", "reclaimPolicy", "volumeBindingMode", "mountOptions", "allowVolumeExpansion"}
    ),
}
_SPEC_FIELDS: dict[Kind, frozenset[str]] = {
    kinds.STATEFUL_SET: frozenset(
        {
            "replicas",
            "selector",
            "template",
            "volumeClaimTemplates",
            "serviceName",
            "podManagementPolicy",
            "updateStrategy",
            "revisionHistoryLimit",
            "minReadySeconds",
            "persistentVolumeClaimRetentionPolicy",
            "ordinals",
        }
    ),
    kinds.DEPLOYMENT: frozenset(
        {
            "replicas",
            "selector",
            "template",
            "strategy",
            "minReadySeconds",
            "revisionHistoryLimit",
            "paused",
            "progressDeadlineSeconds",
        }
    ),
    kinds.POD: frozenset(
        {
            "containers",
            "nodeName",
            "initContainers",
            "volumes",
            "restartPolicy",
            "activeDeadlineSeconds",
            "terminationGracePeriodSeconds",
            "automountServiceAccountToken",
            "enableServiceLinks",
            "serviceAccountName",
            "securityContext",
            "imagePullSecrets",
            "nodeSelector",
            "tolerations",
            "affinity",
            "priorityClassName",
        }
    ),
    kinds.POD_DISRUPTION_BUDGET: frozenset(
        {"minAvailable", "maxUnavailable", "selector", "unhealthyPodEvictionPolicy"}
    ),
    kinds.LEASE: frozenset(
        {
            "holderIdentity",
            "leaseDurationSeconds",
            "acquireTime",
            "renewTime",
            "leaseTransitions",
            "strategy",
            "preferredHolder",
        }
    ),
}
_MUTABLE_SPEC: dict[Kind, frozenset[str]] = {
    kinds.STATEFUL_SET: frozenset(
        {
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds",
        }
    ),
    kinds.PERSISTENT_VOLUME_CLAIM: frozenset({"resources", "volumeName", "volumeAttributesClassName"}),
}
_IMMUTABLE_SPEC: dict[Kind, frozenset[str]] = {
    kinds.DEPLOYMENT: frozenset({"selector"}),
    kinds.SERVICE: frozenset({"clusterIP"}),
}
_NO_GENERATION = frozenset(
    {
        kinds.CONFIG_MAP,
        kinds.SECRET,
        kinds.SERVICE,
        kinds.SERVICE_ACCOUNT,
        kinds.LEASE,
        kinds.PERSISTENT_VOLUME_CLAIM,
        kinds.NAMESPACE,
        kinds.EVENT,
        kinds.NODE,
    }
)
_SERVER_SET = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields")
_CREATED = "2026-01-02T03:04:05Z"


def plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """A copy without status and without what only the server sets; a Secret's stringData as data would be."""
    copied = copy.deepcopy({key: value for key, value in body.items() if key != "status"})
    copied["metadata"] = {key: value for key, value in copied["metadata"].items() if key not in _SERVER_SET}
    return copied


def carries(body: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether an object has all of these labels."""
    found = body["metadata"].get("labels", {})
    return all(found.get(key) == value for key, value in labels.items())


def check_fields(kind: Kind, body: Mapping[str, Any]) -> None:
    """Refuse fields that the kind does not have: of the object, and of the spec of some kinds."""
    label = f"{kind.name}/{body['metadata']['name']}"
    known = _FIELDS.get(kind, frozenset({"spec"})) | {"status"}
    unknown = [key for key in body if key not in known | _ANY]
    spec = body.get("spec")
    if kind in _SPEC_FIELDS and isinstance(spec, Mapping):
        unknown += [f"spec.{key}" for key in spec if key not in _SPEC_FIELDS[kind]]
    if unknown:
        raise faults.Invalid(label, [(name, "field not declared in schema") for name in unknown], "")


def check_version(live: Mapping[str, Any] | None, body: Mapping[str, Any]) -> None:
    """Refuse a write that was made from an older version; one that names none is made from any."""
    wanted = body["metadata"].get("resourceVersion")
    if wanted and (live is None or wanted != live["metadata"]["resourceVersion"]):
        raise faults.Outdated(f"{body['kind']}/{body['metadata']['name']}")


def check_immutable(kind: Kind, live: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Refuse a change of what cannot change."""
    before, now = live.get("spec") or {}, after.get("spec") or {}
    changed = sorted(key for key in {*before, *now} if before.get(key) != now.get(key))
    forbidden = [
        key
        for key in changed
        if (kind in _MUTABLE_SPEC and key not in _MUTABLE_SPEC[kind]) or key in _IMMUTABLE_SPEC.get(kind, ())
    ]
    if live.get("immutable") and any(live.get(key) != after.get(key) for key in ("data", "binaryData", "stringData")):
        forbidden.append("data")
    if forbidden:
        reason = "Forbidden: field is immutable"
        label = f"{kind.name}/{live['metadata']['name']}"
        raise faults.Invalid(label, [(f"spec.{key}", reason) for key in forbidden], reason)


def merge_patch(body: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, Mapping):
        return copy.deepcopy(patch)
    result = dict(copy.deepcopy(body)) if isinstance(body, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


def numbered(
    before: Mapping[str, Any] | None,
    after: dict[str, Any],
    managed: Sequence[Mapping[str, Any]],
    numbers: Iterator[int],
) -> dict[str, Any]:
    """The object with uid, generation, resourceVersion and managedFields; with its old version if nothing changed."""
    kind = kinds.of(after)
    old = before["metadata"] if before else {}
    metadata = {key: value for key, value in after["metadata"].items() if key not in _SERVER_SET}
    metadata["uid"] = old.get("uid") or f"uid-{next(numbers)}"
    metadata["creationTimestamp"] = old.get("creationTimestamp", _CREATED)
    if kind not in _NO_GENERATION:
        moved = before is not None and before.get("spec") != after.get("spec")
        metadata["generation"] = old.get("generation", 1) + moved
    metadata["managedFields"] = copy.deepcopy(list(managed))
    result = {**after, "metadata": {**metadata, "resourceVersion": old.get("resourceVersion", "")}}
    if before and "status" in before and "status" not in result:
        result["status"] = copy.deepcopy(before["status"])
    if result != before:
        result["metadata"]["resourceVersion"] = str(next(numbers))
    return result
