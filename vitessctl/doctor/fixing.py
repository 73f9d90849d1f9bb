"""From findings to what `--fix` would do, in which order, and why not. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from vitessctl.doctor.examined import Case
from vitessctl.doctor.fixes import REFUSALS
from vitessctl.status.catalogue import Finding


@dataclass(frozen=True)
class Fix:
    """One row of fixes.yaml; see its head."""

    name: str
    findings: tuple[str, ...]
    does: str
    safe: str
    refused: str
    settled: bool


@dataclass(frozen=True)
class Step:
    """One thing that `--fix` does, or refuses to do."""

    fix: str
    subject: str
    does: str
    findings: tuple[str, ...]
    """The ids of what it mends."""
    refusal: str = ""
    """Why it is not done; "" if it is."""

    @property
    def key(self) -> tuple[str, str]:
        """The same step in another look."""
        return self.fix, self.subject


@cache
def fixes() -> Mapping[str, Fix]:
    """The table, by name, in its order."""
    text = resources.files("vitessctl.doctor").joinpath("fixes.yaml").read_text(encoding="utf-8")
    return {
        name: Fix(
            name, tuple(row["findings"]), row["does"], row["safe"], row["refused"], bool(row.get("settled", False))
        )
        for name, row in yaml.safe_load(text).items()
    }


def steps(case: Case, findings: Sequence[Finding]) -> tuple[Step, ...]:
    """Everything that `--fix` knows something of, in the order in which it is done."""
    return tuple(step for fix in fixes().values() for step in _of(fix, case, findings))


def _of(fix: Fix, case: Case, findings: Sequence[Finding]) -> Iterator[Step]:
    by_subject: dict[str, list[Finding]] = {}
    for each in findings:
        if each.id in fix.findings:
            by_subject.setdefault(each.subject, []).append(each)
    for subject, found in by_subject.items():
        does = fix.does.format(subject=subject)
        refusal = REFUSALS[fix.name](case, findings, subject)
        yield Step(fix.name, subject, does, tuple(each.id for each in found), refusal)
