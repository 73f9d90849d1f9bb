"""What is wrong with the containers of a pod that is on a node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from vitessctl.diagnose.kubernetes import probes
from vitessctl.diagnose.kubernetes.happenings import Happening
from vitessctl.diagnose.kubernetes.sight import KubernetesObject, dig, moment, name_of
from vitessctl.diagnose.kubernetes.symptom import Symptom

_PART_OF = {
    **dict.fromkeys(("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"), "image"),
    **dict.fromkeys(("ImageInspectError", "RegistryUnavailable", "SignatureValidationFailed"), "image"),
    "CreateContainerConfigError": "settings",
    **dict.fromkeys(("CreateContainerError", "RunContainerError", "StartError", "ContainerCannotRun"), "start"),
    **dict.fromkeys(("PreStartHookError", "PostStartHookError"), "start"),
}
"""A reason that the kubelet gives, and what it is about."""
_RESOURCES_OF = {"keyspace": "vttablet", "mysqlctld": "vttablet"}
"""Init containers of a tablet that have the resources of its vttablet in cluster.yaml."""
_MOUNTS = ("FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox")
_NOT_YET = ("ContainerCreating", "PodInitializing")


def statuses(pod: KubernetesObject) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any], bool]]:
    """Each container with its status and whether it has to end well (a plain init container); init containers first."""
    for specs, states in (("initContainers", "initContainerStatuses"), ("containers", "containerStatuses")):
        known = {status["name"]: status for status in dig(pod, "status", states, default=())}
        for spec in dig(pod, "spec", specs, default=()):
            ends = specs == "initContainers" and spec.get("restartPolicy") != "Always"
            yield spec, known.get(spec["name"], {}), ends


def symptoms(pod: KubernetesObject, events: Sequence[Happening]) -> Iterator[Symptom]:
    """Everything that is wrong with its containers, then with its mounts. `events`: those of this pod, oldest first."""
    states = list(statuses(pod))
    for spec, status, ends in states:
        symptom = _symptom(pod, spec, status, ends, events)
        if symptom is not None:
            yield symptom
    if not any(_has_run(status) for _, status, _ in states):
        yield from _mounts(pod, events)


def _has_run(status: Mapping[str, Any]) -> bool:
    """Whether a container got as far as the kubelet's trying to make it: then all volumes of its pod are mounted."""
    return bool(status) and dig(status, "state", "waiting", "reason") not in _NOT_YET


def _symptom(
    pod: KubernetesObject,
    spec: Mapping[str, Any],
    status: Mapping[str, Any],
    ends: bool,
    events: Sequence[Happening],
) -> Symptom | None:
    waits = dig(status, "state", "waiting", default={})
    reason = str(waits.get("reason") or "")
    if reason in _PART_OF:
        return _waiting(pod, spec, status, events, reason)
    ended = dig(status, "state", "terminated", default={})
    if reason == "CrashLoopBackOff":
        ended = dig(status, "lastState", "terminated", default={})
        return _ended(pod, spec, status, ended, events, previous=True)
    if ended and not (ends and ended.get("exitCode") == 0):
        return _ended(pod, spec, status, ended, events, previous=False)
    before = dig(status, "lastState", "terminated", default={})
    if before and "running" in status["state"] and not status.get("started"):
        return replace(_ended(pod, spec, status, before, events, previous=True), running=True)
    return None


def _waiting(
    pod: KubernetesObject,
    spec: Mapping[str, Any],
    status: Mapping[str, Any],
    events: Sequence[Happening],
    reason: str,
) -> Symptom:
    """A container that is not made. What the kubelet says of an image it forgets: then the last event knows it."""
    part = _PART_OF[reason]
    message = str(dig(status, "state", "waiting", "message", default=""))
    own = [event for event in events if event.reason == "Failed" and event.container in ("", spec["name"])]
    if part == "image" and reason == "ImagePullBackOff" and "ErrImagePull: " not in message:
        told = [event.message for event in own if event.message.startswith("Failed to pull image")]
        message = told[-1] if told else message
    return Symptom(
        part,
        reason,
        message,
        name_of(pod),
        str(spec["name"]),
        began=moment(dig(pod, "status", "startTime")),
        seen=own[-1].last if part == "image" and own else float("inf"),
        restarts=int(status.get("restartCount") or 0),
        words=_words(pod, spec),
    )


def _ended(
    pod: KubernetesObject,
    spec: Mapping[str, Any],
    status: Mapping[str, Any],
    ended: Mapping[str, Any],
    events: Sequence[Happening],
    *,
    previous: bool,
) -> Symptom:
    """A container that ended: by itself, by the kernel, or by the kubelet because of a probe."""
    reason = str(ended.get("reason") or "Error")
    killed = probes.last_failure(str(spec["name"]), events)
    part, message = "end", f"exit code {ended.get('exitCode', '?')}"
    if reason in _PART_OF:
        part, message = _PART_OF[reason], str(ended.get("message") or "")
    elif killed is not None and reason != "OOMKilled":
        part, message = "probe", killed.message
    return Symptom(
        part,
        reason,
        message,
        name_of(pod),
        str(spec["name"]),
        began=moment(dig(pod, "status", "startTime")),
        seen=moment(ended.get("finishedAt")) or float("inf"),
        restarts=int(status.get("restartCount") or 0),
        previous=previous,
        words={**_words(pod, spec), "times": _times(status)},
    )


def _times(status: Mapping[str, Any]) -> str:
    """How often it ended, where that is more than once: a restart comes after every end but perhaps the last."""
    ends = int(status.get("restartCount") or 0) + ("running" not in status["state"])
    return f"{ends} times, " if ends > 1 else ""


def _words(pod: KubernetesObject, spec: Mapping[str, Any]) -> dict[str, str]:
    return {
        "image": str(spec.get("image", "")),
        "node": str(dig(pod, "spec", "nodeName", default="")),
        "limit": str(dig(spec, "resources", "limits", "memory", default="that of the node")),
        "probe": probes.told(spec),
        "spec_key": _RESOURCES_OF.get(str(spec["name"]), str(spec["name"])),
    }


def _mounts(pod: KubernetesObject, events: Sequence[Happening]) -> Iterator[Symptom]:
    """The last thing that went wrong before any container."""
    found = [event for event in events if event.reason in _MOUNTS]
    if found:
        last = found[-1]
        node = str(dig(pod, "spec", "nodeName", default=""))
        began = moment(dig(pod, "status", "startTime"))
        yield Symptom(
            "mount", last.reason, last.message, name_of(pod), began=began, seen=last.last, words={"node": node}
        )
