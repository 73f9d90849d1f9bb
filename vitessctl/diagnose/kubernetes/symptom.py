"""What is seen to be wrong, before anybody knows what it means."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from vitessctl.diagnose.kubernetes.sight import Sight
from vitessctl.diagnose.kubernetes.table import Cause, cause_of

WORDS = (
    *("label", "namespace", "pod", "node", "container", "image", "reason", "message", "text"),
    *("asks", "room", "claim", "storage_class", "probe", "limit", "spec_key", "times"),
)
"""What a cause's sentences may use besides the groups of its own pattern; empty where it does not apply."""


@dataclass(frozen=True)
class Symptom:
    """One thing that is wrong."""

    part: str
    """What it is about: a `part` of causes.yaml."""
    reason: str
    """One word of Kubernetes: `ErrImagePull`."""
    message: str
    pod: str = ""
    container: str = ""
    began: float = 0.0
    """Since when, in seconds since 1970; 0: nobody knows."""
    seen: float = math.inf
    """When it was last seen to be so; infinite for what an object's status says now."""
    restarts: int = 0
    previous: bool = False
    """Whether the log that matters is that of the run before."""
    running: bool = False
    """Whether it has been started again meanwhile, and may come up this time."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Words for the sentences of a cause, of WORDS."""

    @property
    def text(self) -> str:
        """What the patterns of causes are held against."""
        return " ".join(f"{self.reason}: {self.message}".split())


@dataclass(frozen=True)
class Finding:
    """What a symptom means."""

    symptom: Symptom
    cause: str
    fix: str
    doomed: bool
    name: str
    """Of the row of causes.yaml, or `log:` and that of rules.yaml."""
    evidence: tuple[str, ...] = ()


def explained(symptom: Symptom, sight: Sight) -> Finding | None:
    """The meaning of a symptom by the table; None if no row fits."""
    found = cause_of(symptom.part, symptom.text)
    if found is None:
        return None
    cause, match = found
    groups = {name: value or "" for name, value in match.groupdict().items()}
    words = {**_words(symptom, sight), **groups}
    return Finding(
        symptom,
        cause.cause.format_map(words),
        cause.fix.format_map(words),
        cause.doomed and is_over(symptom, sight, cause),
        cause.name,
    )


def is_over(symptom: Symptom, sight: Sight, cause: Cause) -> bool:
    """Whether what could still mend itself has had its time, and the symptom is not from before this run."""
    lasted = sight.ago(max(symptom.began, sight.since)) if sight.now else math.inf
    tried = symptom.seen >= sight.since and symptom.restarts >= cause.restarts and not symptom.running
    return tried and lasted >= cause.patience


def _words(symptom: Symptom, sight: Sight) -> dict[str, str]:
    own = {
        "label": sight.document.label,
        "namespace": str((sight.workload or {}).get("metadata", {}).get("namespace", "")),
        "pod": symptom.pod,
        "container": symptom.container,
        "reason": symptom.reason,
        "message": symptom.message,
        "text": " ".join(symptom.message.split()),
    }
    return {**dict.fromkeys(WORDS, ""), **own, **symptom.words}
