"""Whether the namespace's Pod Security level admits the pods. Only said, since the API server has the last word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vitessctl.render.documents import Document
from vitessctl.render.workloads import WORKLOADS, containers, pod_spec
from vitessctl.targets.kubernetes.interface import KubernetesObject
from vitessctl.targets.kubernetes.preflight_finding import Notice

ENFORCE = "pod-security.kubernetes.io/enforce"
_HOST = ("hostNetwork", "hostPID", "hostIPC")


def check(namespace: KubernetesObject | None, documents: Sequence[Document]) -> Iterator[Notice]:
    """A notice for each workload that the level would refuse, with what it objects to."""
    level = ((namespace or {}).get("metadata", {}).get("labels") or {}).get(ENFORCE, "")
    for document in documents:
        if document.kind in WORKLOADS and level in ("baseline", "restricted"):
            objections = violations(pod_spec(document.data), level)
            if objections:
                yield Notice(
                    f"the namespace admits only pods of the level {level}, and will refuse those of {document.label}:"
                    f" {', '.join(objections)}"
                )


def violations(spec: Mapping[str, Any], level: str) -> list[str]:
    """What the Pod Security Standards object to in a pod spec: the parts that templates and users touch."""
    found = [field for field in _HOST if spec.get(field)]
    found += [f"volume {volume['name']} is a hostPath" for volume in spec.get("volumes") or () if "hostPath" in volume]
    for container in containers(spec):
        found += [f"container {container['name']} {text}" for text in _of_container(container, spec, level)]
    return found


def _of_container(container: Mapping[str, Any], spec: Mapping[str, Any], level: str) -> Iterator[str]:
    own, shared = container.get("securityContext") or {}, spec.get("securityContext") or {}
    if own.get("privileged"):
        yield "is privileged"
    if any(port.get("hostPort") for port in container.get("ports") or ()):
        yield "has a hostPort"
    if level != "restricted":
        return
    if own.get("allowPrivilegeEscalation") is not False:
        yield "does not set allowPrivilegeEscalation: false"
    if not own.get("runAsNonRoot", shared.get("runAsNonRoot")):
        yield "does not set runAsNonRoot: true"
    if "ALL" not in ((own.get("capabilities") or {}).get("drop") or ()):
        yield "does not drop all capabilities"
    if (own.get("seccompProfile") or shared.get("seccompProfile") or {}).get("type") not in (
        "RuntimeDefault",
        "Localhost",
    ):
        yield "has no seccompProfile"
