"""A lease as the API server keeps it, and what it says: who holds it, and until when. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from vitessctl.run.author import Author, author_of
from vitessctl.run.runs import parse_time, time_text
from vitessctl.targets.kubernetes.interface import KubernetesObject
from vitessctl.targets.kubernetes.record import own_labels, record_name

COMPONENT = "lock"
HOLDER = "vitessctl.io/holder"
"""The annotation with the parts of the holder's name, as JSON."""
_MICRO_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
"""How Kubernetes writes a MicroTime."""


@dataclass(frozen=True)
class Holder:
    """The run that holds, or held, a cluster."""

    author: Author
    command: str
    since: str
    """RFC 3339, UTC."""

    @property
    def identity(self) -> str:
        """Whole, for the lease's holderIdentity: `anna@laptop pid 4711 vitessctl up 2026-11-26T12:30:00Z`."""
        return f"{self.author.who} pid {self.author.pid} vitessctl {self.command} {self.since}"


@dataclass(frozen=True)
class Held:
    """What a lease says."""

    identity: str
    """Empty: nobody holds it."""
    holder: Holder
    """Its parts; empty ones where somebody else than vitessctl wrote the lease."""
    until: datetime
    """When it expires, unless it is renewed."""
    since: str

    def is_of(self, author: Author) -> bool:
        """Whether that very run holds it."""
        return bool(self.identity) and self.holder.author.run == author.run


def body(
    cluster: str, namespace: str, holder: Holder, now: datetime, seconds: float, before: KubernetesObject | None
) -> KubernetesObject:
    """The lease, taken or renewed now; `before`: what it replaces, None for a new one."""
    metadata: dict[str, Any] = {
        "name": record_name(cluster),
        "namespace": namespace,
        "labels": own_labels(cluster, COMPONENT),
        "annotations": {HOLDER: json.dumps({**vars(holder), "author": vars(holder.author)}, sort_keys=True)},
    }
    transitions = 0
    if before is not None:
        metadata["resourceVersion"] = before["metadata"]["resourceVersion"]
        spec = before.get("spec") or {}
        transitions = int(spec.get("leaseTransitions") or 0) + (spec.get("holderIdentity") != holder.identity)
    acquired = parse_time(holder.since) or now
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": metadata,
        "spec": {
            "holderIdentity": holder.identity,
            "leaseDurationSeconds": max(1, round(seconds)),
            "acquireTime": _micro(acquired),
            "renewTime": _micro(now),
            "leaseTransitions": transitions,
        },
    }


def released(before: KubernetesObject) -> KubernetesObject:
    """The same lease, held by nobody; it stays, as deleting it could hit the next holder's."""
    metadata = {key: value for key, value in before["metadata"].items() if key not in ("managedFields", "annotations")}
    spec = {"leaseDurationSeconds": 1, "leaseTransitions": before["spec"].get("leaseTransitions", 0)}
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": spec}


def parse(lease: KubernetesObject) -> Held:
    """What a lease says, whoever wrote it."""
    spec: Mapping[str, Any] = lease.get("spec") or {}
    renewed = parse_time(str(spec.get("renewTime") or "")) or datetime.fromtimestamp(0, timezone.utc)
    seconds = float(spec.get("leaseDurationSeconds") or 0)
    acquired = parse_time(str(spec.get("acquireTime") or ""))
    return Held(
        identity=str(spec.get("holderIdentity") or ""),
        holder=_holder((lease["metadata"].get("annotations") or {}).get(HOLDER, "")),
        until=renewed + timedelta(seconds=seconds),
        since=time_text(acquired) if acquired else "",
    )


def _holder(text: str) -> Holder:
    try:
        data = json.loads(text)
        return Holder(author_of(data["author"]), str(data.get("command", "")), str(data.get("since", "")))
    except (ValueError, TypeError, KeyError, AttributeError):
        return Holder(Author("", ""), "", "")


def _micro(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime(_MICRO_TIME)
