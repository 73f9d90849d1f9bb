"""Why pods that should exist do not."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.diagnose.kubernetes.happenings import Happening, happenings
from vitessctl.diagnose.kubernetes.sight import Sight, condition, dig, moment
from vitessctl.diagnose.kubernetes.symptom import Symptom


def symptoms(sight: Sight) -> Iterator[Symptom]:
    """The last failure to make a pod. A StatefulSet has no condition for it, so only its events tell."""
    found = failures(sight)
    failing = condition(sight.workload or {}, "ReplicaFailure")
    if found:
        yield Symptom("creation", found[-1].reason, found[-1].message, seen=found[-1].last)
    elif failing.get("status") == "True":
        seen = moment(failing.get("lastUpdateTime")) or float("inf")
        yield Symptom("creation", str(failing.get("reason")), str(failing.get("message")), seen=seen)


def failures(sight: Sight) -> list[Happening]:
    """FailedCreate events of the workload, or of a Deployment's newest ReplicaSet, oldest first."""
    name = sight.document.name
    owners = {("StatefulSet", name)}
    newest = newest_replica_set(sight)
    if newest:
        owners.add(("ReplicaSet", newest))
    return [
        event
        for event in happenings(sight.events)
        if event.reason == "FailedCreate" and (event.kind, event.name) in owners
    ]


def newest_replica_set(sight: Sight) -> str:
    """The ReplicaSet that a Deployment's condition names, "" if none: `ReplicaSet "x-6d4" is progressing.`"""
    said = str(condition(sight.workload or {}, "Progressing").get("message") or "")
    quoted = said.split('"')
    named = quoted[1] if len(quoted) > 1 else ""
    return named if dig(sight.document.data, "kind") == "Deployment" and named.startswith(sight.document.name) else ""
