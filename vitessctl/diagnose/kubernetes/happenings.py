"""Events, in the order in which they happened last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vitessctl.diagnose.kubernetes.sight import KubernetesObject, dig, moment, name_of

_ROUTINE = {"Started", "Created", "SuccessfulCreate", "Scheduled", "Pulling", "Pulled", "ScalingReplicaSet"}
"""They tell nothing about why something fails (krane leaves out the same)."""


@dataclass(frozen=True)
class Happening:
    """One event."""

    reason: str
    """`FailedScheduling`."""
    message: str
    warning: bool
    count: int
    last: float
    """When it was last seen, in seconds since 1970."""
    kind: str
    name: str
    uid: str
    container: str
    """The container it is about, "" where it is about the pod."""

    def __str__(self) -> str:
        times = f" ({self.count} times)" if self.count > 1 else ""
        return f"{self.kind} {self.name}: {self.reason}: {' '.join(self.message.split())}{times}"


def happenings(events: Iterable[KubernetesObject]) -> list[Happening]:
    """All events, oldest first."""
    return sorted((_happening(event) for event in events), key=lambda happening: happening.last)


def about(events: Iterable[KubernetesObject], kind: str, value: KubernetesObject) -> list[Happening]:
    """Events about one object. A pod that came before with the same name had another uid."""
    uid = dig(value, "metadata", "uid", default="")
    return [
        happening
        for happening in happenings(events)
        if (happening.kind, happening.name) == (kind, name_of(value)) and happening.uid in ("", uid)
    ]


def told(found: Sequence[Happening], limit: int = 5) -> tuple[str, ...]:
    """The last events that are no routine, for a person; the same said twice only once."""
    lines = [str(happening) for happening in found if happening.reason not in _ROUTINE]
    return tuple(dict.fromkeys(lines))[-limit:]


def _happening(event: KubernetesObject) -> Happening:
    times = (
        dig(event, "series", "lastObservedTime"),
        event.get("lastTimestamp"),
        event.get("eventTime"),
        event.get("firstTimestamp"),
    )
    path = dig(event, "involvedObject", "fieldPath", default="")
    return Happening(
        reason=str(event.get("reason") or ""),
        message=str(event.get("message") or ""),
        warning=event.get("type") == "Warning",
        count=int(dig(event, "series", "count") or event.get("count") or 1),
        last=max(moment(time) for time in times),
        kind=str(dig(event, "involvedObject", "kind", default="")),
        name=str(dig(event, "involvedObject", "name", default="")),
        uid=str(dig(event, "involvedObject", "uid", default="")),
        container=path.partition("{")[2].rstrip("}"),
    )
