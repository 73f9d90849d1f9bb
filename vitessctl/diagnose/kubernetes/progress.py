"""What a pod that nothing is wrong with still waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vitessctl.diagnose.kubernetes import probes
from vitessctl.diagnose.kubernetes.containers import statuses
from vitessctl.diagnose.kubernetes.happenings import Happening, about
from vitessctl.diagnose.kubernetes.sight import Counts, KubernetesObject, Sight, condition, dig, moment, name_of


def missing(pod: KubernetesObject, sight: Sight, counts: Counts) -> str:
    """Completes "waiting for ...: "; "" if the pod is there, in the sense of `counts`."""
    name = name_of(pod)
    if dig(pod, "metadata", "deletionTimestamp"):
        return f"pod {name} is stopping"
    if not dig(pod, "spec", "nodeName"):
        return f"pod {name} is to be scheduled"
    events = about(sight.events, "Pod", pod)
    pulling = _pulling(events, sight)
    if pulling:
        return pulling
    states = list(statuses(pod))
    for spec, status, ends in states:
        lacking = _container(spec, status, ends, events, sight)
        if lacking:
            return lacking
    if counts is Counts.READY and condition(pod, "Ready").get("status") != "True":
        return _unready(states, events, name)
    return ""


def _container(
    spec: Mapping[str, Any], status: Mapping[str, Any], ends: bool, events: Sequence[Happening], sight: Sight
) -> str:
    name = spec["name"]
    running = dig(status, "state", "running")
    if ends:
        over = dig(status, "state", "terminated", "exitCode") == 0
        return "" if over else f"init container {name} {'runs' if running is not None else 'is to run'}"
    if running is None:
        return f"container {name} is being made"
    if status.get("started"):
        return ""
    passed = _seconds(sight.ago(moment(running.get("startedAt"))))
    failed = [event.message for event in events if event.reason == "Unhealthy" and event.container == name]
    said = f": {' '.join(failed[-1].split())}" if failed else ""
    asks = probes.told(spec)
    return f"container {name} starts{passed}{f' ({asks})' if asks and not said else ''}{said}"


def _pulling(events: Sequence[Happening], sight: Sight) -> str:
    """`pulling image vitess/lite:v24.0.4 (12 s)`, "" if none is being pulled."""
    pulls = [event for event in events if event.reason in ("Pulling", "Pulled", "Failed")]
    if not pulls or pulls[-1].reason != "Pulling":
        return ""
    image = pulls[-1].message.split('"')[1:2]
    return f"pulling image {image[0] if image else ''}{_seconds(sight.ago(pulls[-1].last))}"


def _unready(
    states: Sequence[tuple[Mapping[str, Any], Mapping[str, Any], bool]], events: Sequence[Happening], pod: str
) -> str:
    waiting = [spec["name"] for spec, status, ends in states if not ends and not status.get("ready")]
    if not waiting:
        return f"pod {pod} is not ready"
    failed = [event.message for event in events if event.reason == "Unhealthy" and event.container == waiting[0]]
    said = f": {' '.join(failed[-1].split())}" if failed else ""
    return f"container {waiting[0]} is not ready{said}"


def _seconds(passed: float) -> str:
    return f" ({passed:.0f} s)" if passed >= 1 else ""
