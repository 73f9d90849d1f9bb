"""Every kind of object that vitessctl writes or reads, and where an API server has it.

A table, so that no run spends a request on discovery, and so that there is nothing to go stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitessctl.targets.kubernetes.faults import NotSupported
from vitessctl.targets.kubernetes.interface import Kind

SERVICE_ACCOUNT = Kind("ServiceAccount", "v1", "serviceaccounts")
SERVICE = Kind("Service", "v1", "services")
CONFIG_MAP = Kind("ConfigMap", "v1", "configmaps")
SECRET = Kind("Secret", "v1", "secrets")
POD = Kind("Pod", "v1", "pods")
PERSISTENT_VOLUME_CLAIM = Kind("PersistentVolumeClaim", "v1", "persistentvolumeclaims")
RESOURCE_QUOTA = Kind("ResourceQuota", "v1", "resourcequotas")
LIMIT_RANGE = Kind("LimitRange", "v1", "limitranges")
EVENT = Kind("Event", "v1", "events")
PERSISTENT_VOLUME = Kind("PersistentVolume", "v1", "persistentvolumes", namespaced=False)
NAMESPACE = Kind("Namespace", "v1", "namespaces", namespaced=False)
NODE = Kind("Node", "v1", "nodes", namespaced=False)

STATEFUL_SET = Kind("StatefulSet", "apps/v1", "statefulsets")
DEPLOYMENT = Kind("Deployment", "apps/v1", "deployments")
REPLICA_SET = Kind("ReplicaSet", "apps/v1", "replicasets")
CONTROLLER_REVISION = Kind("ControllerRevision", "apps/v1", "controllerrevisions")
POD_DISRUPTION_BUDGET = Kind("PodDisruptionBudget", "policy/v1", "poddisruptionbudgets")
HORIZONTAL_POD_AUTOSCALER = Kind("HorizontalPodAutoscaler", "autoscaling/v2", "horizontalpodautoscalers")
NETWORK_POLICY = Kind("NetworkPolicy", "networking.k8s.io/v1", "networkpolicies")
LEASE = Kind("Lease", "coordination.k8s.io/v1", "leases")
STORAGE_CLASS = Kind("StorageClass", "storage.k8s.io/v1", "storageclasses", namespaced=False)
SELF_SUBJECT_ACCESS_REVIEW = Kind(
    "SelfSubjectAccessReview", "authorization.k8s.io/v1", "selfsubjectaccessreviews", namespaced=False
)

COREOS_ETCD_CLUSTER = Kind("EtcdCluster", "etcd.database.coreos.com/v1beta2", "etcdclusters")
"""Of the etcd operator that CoreOS made."""
ETCD_CLUSTER = Kind("EtcdCluster", "operator.etcd.io/v1alpha1", "etcdclusters")
"""Of the etcd operator of the etcd project."""

ALL: tuple[Kind, ...] = (
    SERVICE_ACCOUNT,
    SERVICE,
    CONFIG_MAP,
    SECRET,
    POD,
    PERSISTENT_VOLUME_CLAIM,
    RESOURCE_QUOTA,
    LIMIT_RANGE,
    EVENT,
    PERSISTENT_VOLUME,
    NAMESPACE,
    NODE,
    STATEFUL_SET,
    DEPLOYMENT,
    REPLICA_SET,
    CONTROLLER_REVISION,
    POD_DISRUPTION_BUDGET,
    HORIZONTAL_POD_AUTOSCALER,
    NETWORK_POLICY,
    LEASE,
    STORAGE_CLASS,
    SELF_SUBJECT_ACCESS_REVIEW,
    COREOS_ETCD_CLUSTER,
    ETCD_CLUSTER,
)

_BY_NAMES = {(kind.api_version, kind.name): kind for kind in ALL}


def find(api_version: str, name: str) -> Kind:
    """The kind that a document names, `apps/v1` and `StatefulSet`; raises NotSupported."""
    kind = _BY_NAMES.get((api_version, name))
    if kind is None:
        raise NotSupported(api_version, name, [known.api_version for known in ALL if known.name == name])
    return kind


def of(body: Mapping[str, Any]) -> Kind:
    """The kind of an object or document; raises NotSupported."""
    return find(str(body.get("apiVersion", "")), str(body.get("kind", "")))
