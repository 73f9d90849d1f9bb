"""What is wrong with a pod, in the order in which a pod comes up."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.diagnose.kubernetes import containers
from vitessctl.diagnose.kubernetes.happenings import about
from vitessctl.diagnose.kubernetes.requests import pod_asks, room, told
from vitessctl.diagnose.kubernetes.sight import KubernetesObject, Sight, condition, dig, moment, name_of
from vitessctl.diagnose.kubernetes.symptom import Symptom

OVERDUE = 10.0
"""Seconds after the end of its grace that a deleted pod may take to vanish."""
_CLAIM_EVENTS = ("ProvisioningFailed", "FailedBinding", "ExternalProvisioning")


def symptoms(pod: KubernetesObject, sight: Sight) -> Iterator[Symptom]:
    """Everything that is wrong with one pod; nothing if it works, or if it is only on its way."""
    if dig(pod, "metadata", "deletionTimestamp"):
        yield from _terminating(pod, sight)
    elif dig(pod, "status", "phase") == "Failed":
        yield _failed(pod)
    elif condition(pod, "PodScheduled").get("status") == "False":
        yield from _volumes(pod, sight)
        yield _unscheduled(pod, sight)
    else:
        yield from _node(pod, sight)
        yield from containers.symptoms(pod, about(sight.events, "Pod", pod))


def _terminating(pod: KubernetesObject, sight: Sight) -> Iterator[Symptom]:
    """A pod that should be gone. Its deletionTimestamp is the end of its grace already."""
    until = moment(dig(pod, "metadata", "deletionTimestamp"))
    finalizers = dig(pod, "metadata", "finalizers", default=())
    words = {"node": str(dig(pod, "spec", "nodeName", default=""))}
    node = sight.node_of(pod)
    lost = (sight.nodes and words["node"] and node is None) or (node is not None and not _is_ready(node))
    if lost or dig(pod, "status", "reason") == "NodeLost":
        yield Symptom("terminating", "NodeLost", "", name_of(pod), began=until, words=words)
    elif sight.ago(until) > OVERDUE:
        reason = "Finalizers" if finalizers else "Overdue"
        yield Symptom("terminating", reason, ", ".join(finalizers), name_of(pod), began=until, words=words)


def _failed(pod: KubernetesObject) -> Symptom:
    words = {"node": str(dig(pod, "spec", "nodeName", default=""))}
    reason, message = (str(dig(pod, "status", key, default="")) for key in ("reason", "message"))
    return Symptom("failed", reason or "Failed", message, name_of(pod), words=words)


def _volumes(pod: KubernetesObject, sight: Sight) -> Iterator[Symptom]:
    """What the claims of a pod say. That a claim waits for its first consumer is no fault."""
    for claim in sight.claims_of(pod):
        if dig(claim, "status", "phase") == "Bound":
            continue
        told_of = [e for e in about(sight.events, "PersistentVolumeClaim", claim) if e.reason in _CLAIM_EVENTS]
        if told_of:
            last = told_of[-1]
            words = _claim_words(claim)
            yield Symptom("volume", last.reason, last.message, name_of(pod), seen=last.last, words=words)


def _claim_words(claim: KubernetesObject) -> dict[str, str]:
    known = dig(claim, "spec", "storageClassName", default="")
    return {"claim": name_of(claim), "storage_class": str(known) or "none"}


def _unscheduled(pod: KubernetesObject, sight: Sight) -> Symptom:
    """The scheduler's own sentence, without what it says about preemption; or that a node is being added."""
    told_by = condition(pod, "PodScheduled")
    message = str(told_by.get("message") or "").partition(". preemption:")[0]
    reason = str(told_by.get("reason") or "Unschedulable")
    scaling = [event for event in about(sight.events, "Pod", pod) if event.reason == "TriggeredScaleUp"]
    if scaling:
        reason, message = scaling[-1].reason, scaling[-1].message
    unbound = [claim for claim in sight.claims_of(pod) if dig(claim, "status", "phase") != "Bound"]
    words = {
        "asks": told(pod_asks(dig(pod, "spec", default={}))),
        "room": room(sight.nodes),
        **(_claim_words(unbound[0]) if unbound else {}),
    }
    began = moment(told_by.get("lastTransitionTime"))
    return Symptom("scheduling", reason, _short(message), name_of(pod), began=began, words=words)


def _short(message: str) -> str:
    """Without what the scheduler says of resource claims and preemption, which means nothing to a person here."""
    told = message.partition(". no new claims to deallocate")[0]
    return told.removesuffix(". not found").rstrip(". ")


def _node(pod: KubernetesObject, sight: Sight) -> Iterator[Symptom]:
    node = sight.node_of(pod)
    if node is not None and not _is_ready(node):
        state = condition(node, "Ready")
        words = {"node": name_of(node)}
        message = str(state.get("message") or "")
        yield Symptom("node", str(state.get("reason") or "NotReady"), message, name_of(pod), words=words)


def _is_ready(node: KubernetesObject) -> bool:
    return condition(node, "Ready").get("status") == "True"
