"""Finding the rule that explains why a server does not come up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vitessctl import releases
from vitessctl.diagnose.lines import Line, parse
from vitessctl.diagnose.table import Rule, rules

EVIDENCE_LINES = 3
_FLAG = re.compile(r"(?<![\w-])--([a-z][\w-]*)")


@dataclass(frozen=True)
class Diagnosis:
    """Why a server does not come up, and what to do."""

    cause: str
    """Completes "it does not come up: "."""
    fix: str
    evidence: tuple[str, ...]
    """The log lines that say so, in readable form."""
    doomed: bool
    """Whether waiting, and starting it again as it is, cannot help."""
    rule: str
    """Name of the rule that knew it."""
    at_once: bool = False
    """Whether one end proves it, since nothing but the command line made it end."""


@dataclass(frozen=True)
class Finding:
    """A rule that fits a line."""

    rule: Rule
    match: re.Match[str]
    place: int

    @property
    def strength(self) -> tuple[bool, int]:
        """What counts is a rule that is not weak, then the line that was written last."""
        return not self.rule.weak, self.place


def diagnose(lines: Sequence[str], release: str, component: str, *, in_pod: bool = False) -> Diagnosis | None:
    """What the last lines of a log say about why a component (`vtgate`, `etcd`, `mysqlctld`) does not come up.

    None if they tell nothing that is known. Ask for a server that has ended or does not get ready, since an old line
    proves nothing about one that works. 60 lines are enough: usage pages and stacks are long. `release` is its name.
    `in_pod`: it runs on Kubernetes, where other remedies are at hand than on this machine.
    """
    entries = list(parse(lines))
    findings = [finding for rule in rules() if rule.concerns(component) for finding in _findings(rule, entries)]
    if not findings:
        return None
    best = max(findings, key=lambda finding: finding.strength)
    words = _words(best, release, component)
    rule = best.rule
    fix = (rule.fix_in_pod if in_pod and rule.fix_in_pod else rule.fix).format_map(words)
    return Diagnosis(
        cause=(rule.cause_in_pod if in_pod and rule.cause_in_pod else rule.cause).format_map(words),
        fix=_spelled(fix, release, component),
        evidence=_evidence(best, entries),
        doomed=rule.doomed,
        rule=rule.name,
        at_once=rule.at_once,
    )


def _findings(rule: Rule, entries: Sequence[Line]) -> list[Finding]:
    """The last line that a rule fits, if any."""
    for place in range(len(entries) - 1, -1, -1):
        match = rule.when.search(entries[place].text)
        if match:
            return [Finding(rule, match, place)]
    return []


def _words(finding: Finding, release: str, component: str) -> dict[str, str]:
    """What the sentences of a rule may use."""
    words = {name: value or "" for name, value in finding.match.groupdict().items()}
    words |= {"component": component, "release": release}
    if "flag" in words:
        known = explained(release, component, words["flag"])
        words["explained"] = f": {known}" if known else ""
    return words


def _spelled(text: str, release: str, component: str) -> str:
    """A sentence with its flags as the release spells them: the table is written with dashes, as 23 and later want."""
    if release not in releases.names():
        return text
    known = releases.get(release)
    return _FLAG.sub(lambda flag: f"--{_own_spelling(known, component, flag[1])}", text)


def _own_spelling(release: releases.Release, component: str, flag: str) -> str:
    try:
        return release.spelling(component, flag)
    except releases.UnknownFlagError:
        return flag


def explained(release: str, component: str, flag: str) -> str:
    """What the catalogue of releases knows about a flag, "" if it does not know the release or the component."""
    if release not in releases.names():
        return ""
    known = releases.get(release)
    return known.explain_unknown(component, flag) if known.flags(component) else ""


def _evidence(best: Finding, entries: Sequence[Line]) -> tuple[str, ...]:
    """The line itself, behind what else the server complained about just before."""
    complaints = [line for line in entries[: best.place] if line.level in ("error", "fatal", "panic")]
    shown = [str(line) for line in (*complaints[1 - EVIDENCE_LINES :], entries[best.place])]
    return tuple(dict.fromkeys(shown))
