"""Which commands a release's legacy service has, with which flags, and what it says when the words are too few.

`commands.json` was read off the sources of 2.1, 7 to 12, 14 to 17, 19, 21, 22 and 24; what changed between two of them
where no source was at hand (2.2 to 6) is put where the release notes put it. `others.json` names the commands that the
stand-in does not have.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from vitessctl.rehearsal.topology_names import Refused
from vitessctl.releases import Release

UNKNOWN = "unknown command"


@dataclass(frozen=True)
class Command:
    """One command as one release has it."""

    name: str
    """As the release spells it; callers may use any case."""
    fewest: int
    most: int | None
    """How many words it takes; None for any number."""
    refusal: str
    """What it says to another number of words."""
    flags: Mapping[str, str] = field(default_factory=dict)
    """Flag to kind of value."""

    def takes(self, words: int) -> bool:
        """Whether so many words are right."""
        return words >= self.fewest and (self.most is None or words <= self.most)


def find(release: Release, name: str) -> Command:
    """The command of that name. Refused for one that the release does not have, or the stand-in cannot do."""
    found = _commands(release).get(name.lower())
    if found is not None:
        return found
    if name.lower() in _others(release):
        hint = f"Vitess {release.name} has it, what it does here would be a guess"
        raise Refused(f"rehearsal: the stand-in for vtctld does not know the command {name}; {hint}")
    raise Refused(UNKNOWN)


def names(release: Release) -> list[str]:
    """Every command of a release that the stand-in knows."""
    return [command.name for command in _commands(release).values()]


@cache
def _commands(release: Release) -> Mapping[str, Command]:
    entries = _read("commands.json").items()
    return {
        name.lower(): _command(name, entry, release)
        for name, entry in entries
        if release.within(entry.get("releases", ".."))
    }


@cache
def _others(release: Release) -> frozenset[str]:
    lines = (names for text, names in _read("others.json").items() if release.within(text))
    return frozenset(name.lower() for line in lines for name in line.split())


def _command(name: str, entry: Mapping[str, Any], release: Release) -> Command:
    fewest, dots, most = _picked(entry["words"], release).partition("..")
    flags = {flag: text.partition(" ") for flag, text in entry.get("flags", {}).items()}
    return Command(
        name,
        int(fewest),
        int(most) if most else None if dots else int(fewest),
        _picked(entry.get("refusal", ""), release),
        {flag: kind for flag, (kind, _, since) in flags.items() if release.within(since or "..")},
    )


def _picked(value: str | Mapping[str, str], release: Release) -> str:
    """A text that holds for all releases, or the one of this release."""
    if isinstance(value, str):
        return value
    return next(text for range_, text in value.items() if release.within(range_))


def _read(file: str) -> Any:
    with open(os.path.join(os.path.dirname(__file__), file), encoding="ascii") as data:
        return json.load(data)
