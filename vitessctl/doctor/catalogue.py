"""The table of the doctor's own findings, catalogue.yaml, beside that of `status`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

import yaml

from vitessctl.status.catalogue import Finding, Kind, Severity
from vitessctl.status.catalogue import kinds as of_status


@cache
def kinds() -> Mapping[str, Kind]:
    """The doctor's own, by id, in the order of the table. They rank behind those of `status`."""
    text = resources.files("vitessctl.doctor").joinpath("catalogue.yaml").read_text(encoding="utf-8")
    first = len(of_status())
    return {
        name: Kind(name, Severity(row["severity"]), row["sentence"], row["cause"], row["remedy"], rank)
        for rank, (name, row) in enumerate(yaml.safe_load(text).items(), first)
    }


def finding(kind: str, subject: str, **facts: object) -> Finding:
    """A finding of that kind. KeyError for a kind that there is not, or a fact that its sentences need."""
    row = kinds()[kind]
    words = {"subject": subject, **facts}
    return Finding(kind, row.severity, subject, row.sentence.format(**words), row.cause, row.remedy.format(**words))


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Of both tables together: errors, then what is not known, then warnings; each in its table's order."""
    severities, ranks = list(Severity), {**of_status(), **kinds()}
    return tuple(sorted(findings, key=lambda f: (severities.index(f.severity), ranks[f.id].rank, f.subject)))
