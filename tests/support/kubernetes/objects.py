"""Small objects of the kinds that vitessctl writes, for tests."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]


def config_map(
    name: str = "settings", namespace: str = "default", labels: dict[str, str] | None = None, **data: str
) -> Object:
    """A ConfigMap with this data."""
    return _object("v1", "ConfigMap", name, namespace, labels, data=data)


def secret(name: str = "users", namespace: str = "default", **data: str) -> Object:
    """A Secret; the values in base64."""
    return _object("v1", "Secret", name, namespace, None, type="Opaque", data=data)


def service(name: str = "vtgate", namespace: str = "default", port: int = 3306) -> Object:
    """A Service with one port."""
    spec = {"selector": {"app": name}, "ports": [{"name": "mysql", "port": port, "protocol": "TCP"}]}
    return _object("v1", "Service", name, namespace, None, spec=spec)


def stateful_set(
    name: str = "etcd",
    namespace: str = "default",
    replicas: int = 0,
    image: str = "etcd:1",
    labels: dict[str, str] | None = None,
    storage: str = "",
) -> Object:
    """A StatefulSet with one container; with a volume claim if `storage` is its size."""
    spec: Object = {
        "replicas": replicas,
        "serviceName": name,
        "selector": {"matchLabels": {"app": name}},
        "template": {
            "metadata": {"labels": {"app": name}},
            "spec": {"containers": [{"name": "main", "image": image, "env": [{"name": "A", "value": "1"}]}]},
        },
    }
    if storage:
        claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}}
        spec["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": claim}]
    return _object("apps/v1", "StatefulSet", name, namespace, labels, spec=spec)


def pod(
    name: str, namespace: str = "default", labels: dict[str, str] | None = None, status: Object | None = None
) -> Object:
    """A pod with one container `main`, as its controller would make it."""
    spec = {"containers": [{"name": "main", "image": "etcd:1"}]}
    extra = {"status": status} if status else {}
    return _object("v1", "Pod", name, namespace, labels, spec=spec, **extra)


def _object(
    api_version: str, kind: str, name: str, namespace: str, labels: dict[str, str] | None, **rest: Any
) -> Object:
    metadata: Object = {"name": name, "namespace": namespace}
    if labels:
        metadata["labels"] = labels
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}
