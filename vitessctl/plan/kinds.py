"""What Kubernetes' kinds are like, as data: keys of lists, what the server fills in, what cannot be changed.

The keys are those of the API's `x-kubernetes-list-map-keys`; a list that is not here is replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LIST_KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "containers": (("name",),),
    "initContainers": (("name",),),
    "ephemeralContainers": (("name",),),
    "volumes": (("name",),),
    "env": (("name",),),
    "imagePullSecrets": (("name",),),
    "secrets": (("name",),),
    "resourceClaims": (("name",),),
    "volumeMounts": (("mountPath",),),
    "volumeDevices": (("devicePath",),),
    "hostAliases": (("ip",),),
    "topologySpreadConstraints": (("topologyKey", "whenUnsatisfiable"),),
    "ownerReferences": (("uid",),),
    "conditions": (("type",),),
    "ports": (("containerPort", "protocol"), ("port", "protocol")),
}
"""By the list's field: its keys. `ports` are a container's or a Service's."""

KEY_DEFAULTS: Mapping[str, Any] = {"protocol": "TCP"}
"""A key that may be left out."""

SETS = frozenset({"finalizers"})

FILLED_IN: Mapping[str, tuple[Any, ...]] = {
    "apiVersion": ("v1",),
    "kind": ("PersistentVolumeClaim",),
    "creationTimestamp": (None,),
    "volumeMode": ("Filesystem",),
    "status": ({"phase": "Pending"},),
    "protocol": ("TCP",),
    "divisor": ("0",),
    "expirationSeconds": (3600,),
    "pathType": ("ImplementationSpecific",),
}
"""What the server adds inside of values that it owns as a whole (claim templates, fieldRef, NetworkPolicy rules).

A value that we set there once and have dropped is no different from one that the server filled in, if they are equal.
"""

QUANTITY_MAPS = frozenset({"requests", "limits", "capacity", "hard", "overhead"})
QUANTITIES = frozenset({"sizeLimit", "divisor", "averageValue"})
INT_OR_STRINGS = frozenset({"port", "targetPort", "maxUnavailable", "minAvailable", "maxSurge"})

NOISE = frozenset({"metadata.managedFields", "metadata.resourceVersion", "metadata.generation", "metadata.uid"}) | {
    "metadata.creationTimestamp",
    "metadata.selfLink",
    "metadata.annotations.kubectl.kubernetes.io/last-applied-configuration",
    "status",
}
"""What a comparison of two answers of the server leaves out (kubernetes#138331 for the generation)."""


@dataclass(frozen=True)
class Immutable:
    """What of a kind cannot be changed in place: all below `below`, but not below any of `free`."""

    below: tuple[str, ...]
    free: tuple[str, ...] = ()

    def holds(self, fields: str) -> bool:
        """Whether a place, as its fields with dots, is one."""
        return _any_prefix(self.below, fields) and not _any_prefix(self.free, fields)


def _any_prefix(prefixes: tuple[str, ...], fields: str) -> bool:
    return any(fields == prefix or fields.startswith(f"{prefix}.") for prefix in prefixes)


_SELECTOR = Immutable(("spec.selector",))
_STATEFUL_SET_FREE = (
    "spec.replicas",
    "spec.ordinals",
    "spec.template",
    "spec.updateStrategy",
    "spec.persistentVolumeClaimRetentionPolicy",
    "spec.minReadySeconds",
)

IMMUTABLE: Mapping[str, Immutable] = {
    "StatefulSet": Immutable(("spec",), _STATEFUL_SET_FREE),
    "Deployment": _SELECTOR,
    "DaemonSet": _SELECTOR,
    "ReplicaSet": _SELECTOR,
    "Job": Immutable(("spec.selector", "spec.template", "spec.completions", "spec.completionMode")),
    "Service": Immutable(("spec.clusterIP", "spec.clusterIPs", "spec.healthCheckNodePort")),
    "PersistentVolumeClaim": Immutable(
        ("spec",), ("spec.resources.requests", "spec.volumeAttributesClassName", "spec.resources.limits")
    ),
    "Secret": Immutable(("type",)),
    "RoleBinding": Immutable(("roleRef",)),
}
"""By kind. A kind that is not here can be changed in all its fields: NetworkPolicy, PodDisruptionBudget (policy/v1),
ServiceAccount, ConfigMap. An object that says `immutable: true` keeps its data besides (see compare)."""

FROZEN_DATA = ("data", "binaryData", "stringData", "immutable")
"""What of a Secret or ConfigMap cannot be changed once it says `immutable: true`."""
