"""Whether the namespace's ResourceQuotas leave room for what is to be made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from vitessctl.diagnose.kubernetes.requests import pod_asks, total
from vitessctl.model.quantities import quantity, shown
from vitessctl.render.documents import Document
from vitessctl.render.workloads import containers, pod_spec
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.faults import Forbidden
from vitessctl.targets.kubernetes.interface import KubernetesObject
from vitessctl.targets.kubernetes.preflight_finding import ClusterFault, Situation, replicas
from vitessctl.targets.kubernetes.preflight_owners import claim_names

_OF_CONTAINERS = ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
_SHORT = {"cpu": "requests.cpu", "memory": "requests.memory", "storage": "requests.storage"}
"""A quota may leave `requests.` out."""


class QuotaTooSmall(ClusterFault):
    """A quota would be exceeded."""

    def __init__(self, quota: str, resource: str, more: Fraction, used: Fraction, hard: Fraction) -> None:
        self.quota, self.resource, self.more, self.used, self.hard = quota, resource, more, used, hard
        super().__init__(
            f"the quota {quota} leaves too little {resource}",
            where=f"ResourceQuota/{quota}",
            why=f"this asks for {shown(resource, more)} more; {shown(resource, used)} of {shown(resource, hard)}"
            " are taken",
            fix="have the quota raised, ask for less (resources, storage), or use another namespace",
        )


class QuotaWantsResources(ClusterFault):
    """A quota on CPU or memory refuses containers that do not say what they take."""

    def __init__(self, quota: str, missing: Mapping[str, Sequence[str]]) -> None:
        self.quota, self.missing = quota, {name: tuple(resources) for name, resources in missing.items()}
        listed = "; ".join(f"{name} lacks {', '.join(resources)}" for name, resources in self.missing.items())
        super().__init__(
            f"the quota {quota} wants every container to say what it takes",
            where=f"ResourceQuota/{quota}",
            why=listed,
            fix="set resources: recommended in cluster.yaml, or requests and limits for each component",
        )


def check(situation: Situation) -> Iterator[ClusterFault]:
    """Faults for quotas that hold for all pods; those with scopes are left to the API server."""
    if not situation.exists:
        return
    quotas = [quota for quota in situation.api.list(kinds.RESOURCE_QUOTA, situation.namespace) if _is_general(quota)]
    if not quotas:
        return
    live = {
        (kind.name, found["metadata"]["name"]): found
        for kind in (kinds.STATEFUL_SET, kinds.DEPLOYMENT)
        for found in situation.api.list(kind, situation.namespace)
    }
    claims = {c["metadata"]["name"] for c in situation.api.list(kinds.PERSISTENT_VOLUME_CLAIM, situation.namespace)}
    more = total(_more(document, live, claims) for document in situation.workloads())
    has_defaults = _has_defaults(situation)
    for quota in quotas:
        yield from _exceeded(quota, more)
        if not has_defaults:
            yield from _unsaid(quota, situation)


def _has_defaults(situation: Situation) -> bool:
    """Whether containers may get requests and limits that they do not name; taken to be so where we may not look."""
    try:
        return bool(situation.api.list(kinds.LIMIT_RANGE, situation.namespace))
    except Forbidden:
        return True


def takes(workload: Mapping[str, Any]) -> dict[str, Fraction]:
    """What the pods of a workload take of a quota."""
    spec, count = pod_spec(workload), replicas(workload)
    sums = {"pods": Fraction(1)}
    for kind in ("requests", "limits"):
        sums |= {f"{kind}.{name}": amount for name, amount in pod_asks(spec, kind).items()}
    return {name: amount * count for name, amount in sums.items()}


def _more(
    document: Document, live: Mapping[tuple[str, str], KubernetesObject], claims: set[str]
) -> dict[str, Fraction]:
    """What a workload takes beyond what it has already."""
    wanted = takes(document.data)
    before = live.get((document.kind, document.name))
    has = takes(before) if before is not None else {}
    grown = {name: max(Fraction(0), amount - has.get(name, Fraction(0))) for name, amount in wanted.items()}
    return {**grown, **_claims(document.data, claims)}


def _claims(workload: Mapping[str, Any], existing: set[str]) -> dict[str, Fraction]:
    """The claims that are not there yet: how many, and how large."""
    new = [name for name in claim_names(workload) if name not in existing]
    sizes = {
        template["metadata"]["name"]: quantity(str(template["spec"]["resources"]["requests"]["storage"]))
        for template in workload["spec"].get("volumeClaimTemplates", ())
    }
    suffix = f"-{workload['metadata']['name']}-"
    bytes_ = sum((sizes[name.partition(suffix)[0]] for name in new), Fraction(0))
    return {"persistentvolumeclaims": Fraction(len(new)), "requests.storage": bytes_}


def _is_general(quota: KubernetesObject) -> bool:
    return not (quota["spec"].get("scopes") or quota["spec"].get("scopeSelector"))


def _exceeded(quota: KubernetesObject, more: Mapping[str, Fraction]) -> Iterator[QuotaTooSmall]:
    status = quota.get("status", {})
    for resource, limit in quota["spec"].get("hard", {}).items():
        wanted = more.get(_SHORT.get(resource, resource), Fraction(0))
        used, hard = quantity(str(status.get("used", {}).get(resource, "0"))), quantity(str(limit))
        if wanted and used + wanted > hard:
            yield QuotaTooSmall(quota["metadata"]["name"], resource, wanted, used, hard)


def _unsaid(quota: KubernetesObject, situation: Situation) -> Iterator[QuotaWantsResources]:
    hard = {_SHORT.get(resource, resource) for resource in quota["spec"].get("hard", {})}
    wanted = [resource for resource in _OF_CONTAINERS if resource in hard]
    missing = {document.label: lacking for document in situation.workloads() if (lacking := _lacking(document, wanted))}
    if missing:
        yield QuotaWantsResources(quota["metadata"]["name"], missing)


def _lacking(document: Document, wanted: Sequence[str]) -> list[str]:
    """The amounts that some container of a workload does not say; a limit stands for a request too."""
    given = [container.get("resources") or {} for container in containers(pod_spec(document.data))]
    return [resource for resource in wanted if not all(_says(resources, resource) for resources in given)]


def _says(resources: Mapping[str, Any], resource: str) -> bool:
    kind, _, name = resource.partition(".")
    limits = resources.get("limits") or {}
    return name in limits or (kind == "requests" and name in (resources.get("requests") or {}))
