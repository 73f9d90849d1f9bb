"""Server-side apply in memory, as far as comparing needs it: defaults, ownership by field, conflicts.

After structured-merge-diff: the set of fields that a manager applied is computed from what it sent, with the list
keys of the real schemas; a field that it does not send any more goes, if nobody else owns it. Written on its own,
without the product's tables, so that a mistake there is not repeated here.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

KEYS: dict[str, list[str]] = {
    "containers": ["name"], "initContainers": ["name"], "volumes": ["name"], "env": ["name"],
    "volumeMounts": ["mountPath"], "imagePullSecrets": ["name"],
    "topologySpreadConstraints": ["topologyKey", "whenUnsatisfiable"],
}  # fmt: skip
ATOMIC = {"selector", "labelSelector", "podSelector", "fieldRef", "secretKeyRef", "configMapKeyRef", "nodeSelector"}
POD_DEFAULTS = {"restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler"}
CONTAINER_DEFAULTS = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
    "imagePullPolicy": "IfNotPresent",
}


class Conflicted(Exception):
    """Another manager owns a field with another value."""


def keys_of(field: str, kind: str) -> list[str]:
    """The keys of a list; none for an atomic one."""
    if field == "ports":
        return (
            ["containerPort", "protocol"]
            if kind not in ("Service", "NetworkPolicy")
            else (["port", "protocol"] if kind == "Service" else [])
        )
    return KEYS.get(field, [])


def segment(item: Mapping[str, Any], keys: list[str]) -> str:
    """`k:{...}`, keys in alphabetical order, protocol by default."""
    values = {key: item.get(key, "TCP" if key == "protocol" else None) for key in sorted(keys)}
    return "k:" + json.dumps(values, separators=(",", ":"))


def field_set(value: Any, field: str, kind: str) -> dict[str, Any]:
    """fieldsV1 of what somebody sent."""
    if isinstance(value, Mapping) and value and field not in ATOMIC:
        return {f"f:{key}": field_set(item, key, kind) for key, item in value.items()}
    keys = keys_of(field, kind) if isinstance(value, list) and value else []
    if keys:
        return {segment(item, keys): {".": {}, **field_set(item, "", kind)} for item in value}
    return {}


def sent(body: Mapping[str, Any]) -> dict[str, Any]:
    """fieldsV1 of an applied object: without what identifies it."""
    rest = {key: value for key, value in body.items() if key not in ("apiVersion", "kind")}
    rest["metadata"] = {key: value for key, value in body["metadata"].items() if key not in ("name", "namespace")}
    return {key: value for key, value in field_set(rest, "", body["kind"]).items() if value or key != "f:metadata"}


def merge(live: Any, wanted: Any, field: str, kind: str) -> Any:
    """What is there after an apply, before anything is removed: applied items first, in their order."""
    if isinstance(live, Mapping) and isinstance(wanted, Mapping) and field not in ATOMIC:
        merged = dict(live)
        for key, value in wanted.items():
            merged[key] = merge(live[key], value, key, kind) if key in live else copy.deepcopy(value)
        return merged
    keys = keys_of(field, kind) if isinstance(live, list) and isinstance(wanted, list) else []
    if keys:
        old = {segment(item, keys): item for item in live}
        new = {segment(item, keys): item for item in wanted}
        items = [merge(old[key], item, "", kind) if key in old else copy.deepcopy(item) for key, item in new.items()]
        return items + [item for key, item in old.items() if key not in new]
    return copy.deepcopy(wanted)


def remove(live: Any, gone: Mapping[str, Any], kept: list[Mapping[str, Any]], field: str, kind: str) -> None:
    """Take away what a manager owned, does not send any more, and nobody else owns."""
    for part, below in gone.items():
        others = [fields[part] for fields in kept if part in fields]
        if part.startswith("f:") and isinstance(live, dict) and part[2:] in live:
            key = part[2:]
            if not others:
                del live[key]
            elif below:
                remove(live[key], below, others, key, kind)
        elif part.startswith("k:") and isinstance(live, list):
            keys = list(json.loads(part[2:]))
            for item in [item for item in live if segment(item, keys) == part]:
                if not others:
                    live.remove(item)
                elif below:
                    remove(item, below, others, "", kind)


def defaults(body: dict[str, Any]) -> dict[str, Any]:
    """What the API server fills in."""
    spec = body.get("spec", {})
    template = spec.get("template", {}).get("spec")
    if template is not None:
        for key, value in POD_DEFAULTS.items():
            template.setdefault(key, value)
        for container in [*template.get("containers", []), *template.get("initContainers", [])]:
            for key, value in CONTAINER_DEFAULTS.items():
                container.setdefault(key, value)
            for port in container.get("ports", []):
                port.setdefault("protocol", "TCP")
            for variable in container.get("env", []):
                if "fieldRef" in variable.get("valueFrom", {}):
                    variable["valueFrom"]["fieldRef"].setdefault("apiVersion", "v1")
    for claim in spec.get("volumeClaimTemplates", []):
        claim.setdefault("apiVersion", "v1")
        claim.setdefault("kind", "PersistentVolumeClaim")
        claim["spec"].setdefault("volumeMode", "Filesystem")
        claim.setdefault("status", {"phase": "Pending"})
    if body["kind"] == "Service":
        spec.setdefault("type", "ClusterIP")
        spec.setdefault("clusterIP", "10.96.0.7")
        for port in spec.get("ports", []):
            port.setdefault("protocol", "TCP")
    return body


def apply(live: dict[str, Any] | None, body: Mapping[str, Any], manager: str = "vitessctl") -> dict[str, Any]:
    """Server-side apply: the object as it is then."""
    kind, owned = body["kind"], sent(body)
    before = copy.deepcopy(live) if live else {"metadata": {}}
    entries = before["metadata"].pop("managedFields", [])
    mine = next((entry["fieldsV1"] for entry in entries if entry["manager"] == manager), {})
    others = [entry for entry in entries if entry["manager"] != manager]
    after = merge(before, body, "", kind)
    remove(after, mine, [owned, *(entry["fieldsV1"] for entry in others)], "", kind)
    after = defaults(after)
    entry = {
        "manager": manager, "operation": "Apply", "apiVersion": body["apiVersion"], "fieldsType": "FieldsV1",
        "time": "2026-01-01T00:00:00Z", "fieldsV1": owned,
    }  # fmt: skip
    after["metadata"]["managedFields"] = [*others, entry]
    return after


def edit(live: Mapping[str, Any], place: list[str], value: Any, manager: str = "kubectl-edit") -> dict[str, Any]:
    """What `kubectl edit` does: the field gets the value, and now belongs to whoever changed it."""
    after: dict[str, Any] = copy.deepcopy(dict(live))
    parent, theirs = after, {}
    for part in place[:-1]:
        parent = _step(parent, part)
    field = place[-1][2:]
    if value is None:
        parent.pop(field, None)
    else:
        parent[field] = value
    for entry in after["metadata"]["managedFields"]:
        _disown(entry["fieldsV1"], place)
    tree: dict[str, Any] = theirs
    for part in place:
        tree = tree.setdefault(part, {})
    if value is not None:
        after["metadata"]["managedFields"].append(
            {"manager": manager, "operation": "Update", "apiVersion": after["apiVersion"], "fieldsV1": theirs}
        )
    return after


def _step(value: Any, part: str) -> Any:
    if part.startswith("f:"):
        return value[part[2:]]
    keys = list(json.loads(part[2:]))
    return next(item for item in value if segment(item, keys) == part)


def _disown(fields: dict[str, Any], place: list[str]) -> None:
    for part in place[:-1]:
        if part not in fields:
            return
        fields = fields[part]
    fields.pop(place[-1], None)
