"""What the logs of a stage's components say about why it does not come up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vitessctl.diagnose import Diagnosis, diagnose, readable
from vitessctl.render.documents import Document
from vitessctl.targets.base import Target

READ_LINES = 60
"""How many lines are read: a usage page is long."""
SHOWN_LINES = 8
LOGS = 2
"""How many logs are read at most."""


@dataclass(frozen=True)
class Words:
    """The end of one log."""

    name: str
    """Of the document whose component wrote it."""
    component: str
    lines: tuple[str, ...]


def last_words(target: Target, documents: Sequence[Document], reason: str) -> list[Words]:
    """Of those that do not run; if all run, of those that the reason names, else of the first. Errors as of Target."""
    named = sorted(documents, key=lambda each: not (each.subject and each.subject in reason))
    suspects = [each for each in documents if not target.verdict(each).ready] or named
    found: dict[tuple[str, ...], Words] = {}
    for each in suspects[:LOGS]:
        lines = tuple(target.logs(each.component, each.subject, READ_LINES))
        found.setdefault(lines, Words(each.name, each.component, lines))
    return list(found.values())


def known_cause(words: Iterable[Words], release: str, *, in_pod: bool) -> Diagnosis | None:
    """What is known of these words: a server may run, and say why nothing comes of it."""
    found = (diagnose(each.lines, release, each.component, in_pod=in_pod) for each in words)
    return next((diagnosis for diagnosis in found if diagnosis is not None), None)


def shown(words: Iterable[Words]) -> tuple[str, ...]:
    """The last lines for a person, each with the name of what wrote it."""
    return tuple(f"{each.name}: {line}" for each in words for line in readable(each.lines)[-SHOWN_LINES:])
