"""The table of findings, catalogue.yaml, and one finding made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources

import yaml


class Severity(Enum):
    """What a finding means for the cluster, the worst first."""

    ERROR = "error"
    """Something does not serve, or could lose rows."""
    UNKNOWN = "unknown"
    """A source did not answer, so that nothing is proven."""
    WARNING = "warning"
    """It serves, but somebody should look."""


@dataclass(frozen=True)
class Kind:
    """One row of the catalogue; see its head."""

    id: str
    severity: Severity
    sentence: str
    cause: str
    remedy: str
    rank: int
    """Its place in the catalogue: the worst has 0."""


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be, or not known to be."""

    id: str
    severity: Severity
    subject: str
    """A tablet's alias, keyspace/shard, a keyspace, `cell NAME`, or a component's label. Empty: the cluster."""
    sentence: str
    """Completes `SUBJECT: `."""
    cause: str
    remedy: str

    @property
    def text(self) -> str:
        """One line, with its subject."""
        return f"{self.subject}: {self.sentence}" if self.subject else self.sentence


@cache
def kinds() -> Mapping[str, Kind]:
    """The catalogue, by id, in its order."""
    text = resources.files("vitessctl.status").joinpath("catalogue.yaml").read_text(encoding="utf-8")
    return {
        name: Kind(name, Severity(row["severity"]), row["sentence"], row["cause"], row["remedy"], rank)
        for rank, (name, row) in enumerate(yaml.safe_load(text).items())
    }


def finding(kind: str, subject: str, **facts: object) -> Finding:
    """A finding of that kind. KeyError for a kind that there is not, or a fact that its sentences need."""
    row = kinds()[kind]
    words = {"subject": subject, **facts}
    return Finding(kind, row.severity, subject, row.sentence.format(**words), row.cause, row.remedy.format(**words))


def worst_first(findings: list[Finding]) -> tuple[Finding, ...]:
    """Errors, then what is not known, then warnings; each in the catalogue's order, then by subject."""
    severities = list(Severity)
    return tuple(sorted(findings, key=lambda f: (severities.index(f.severity), kinds()[f.id].rank, f.subject)))
