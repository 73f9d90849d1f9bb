"""Probes: what they ask, and when the kubelet restarted a container for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vitessctl.diagnose.kubernetes.happenings import Happening
from vitessctl.diagnose.kubernetes.sight import dig

_RESTARTING = ("startupProbe", "livenessProbe")


def last_failure(container: str, events: Sequence[Happening]) -> Happening | None:
    """The last failed probe of a container that the kubelet killed for it; None if it was not.

    A wrong answer says more than none: a container that has just been started again refuses every connection.
    """
    own = [event for event in events if event.container == container]
    killed = any(event.reason == "Killing" and "probe, will be restarted" in event.message for event in own)
    failed = [event for event in own if event.reason == "Unhealthy" and not event.message.startswith("Readiness")]
    answered = [event for event in failed if "statuscode" in event.message]
    return (answered or failed)[-1] if killed and failed else None


def told(spec: Mapping[str, Any]) -> str:
    """What the probes that can restart a container ask: `startup GET /healthz on port 15000`."""
    words = {f"{kind[: -len('Probe')]} {_asks(spec[kind])}" for kind in _RESTARTING if kind in spec}
    return ", ".join(sorted(words, reverse=True))


def _asks(probe: Mapping[str, Any]) -> str:
    if "httpGet" in probe:
        return f"GET {dig(probe, 'httpGet', 'path', default='/')} on port {dig(probe, 'httpGet', 'port')}"
    if "tcpSocket" in probe:
        return f"a connection to port {dig(probe, 'tcpSocket', 'port')}"
    if "grpc" in probe:
        return f"gRPC health on port {dig(probe, 'grpc', 'port')}"
    return " ".join(dig(probe, "exec", "command", default=("?",)))
