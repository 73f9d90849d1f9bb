"""The data files of this package, read once and only when something asks.

`facts.json` says what is true of which releases, `flags.json` which command-line flags each server has,
`options.json` which flag stands for a logical option and where renamed flags went, `lines.json` what
each component is told on its command line. A new release is new data in these files.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from vitessctl.releases import ranges

FILES = ("facts", "flags", "options", "lines")


def flag_key(flag: str) -> str:
    """What all spellings of a flag have in common: no leading dashes, no underscores."""
    return flag.strip().lstrip("-").replace("_", "-")


@dataclass(frozen=True)
class Knowledge:
    """All data about releases. Tests make their own to try a release that does not exist yet."""

    names: tuple[str, ...]
    """Every known release, oldest first."""
    facts: Mapping[str, Mapping[str, Any]]
    """Fact to range of releases to value."""
    flags: Mapping[str, Mapping[str, str]]
    """Component to range of releases to flags, separated by spaces, as that release spells them."""
    options: Mapping[str, Sequence[str]]
    """Logical option to the flags that stand for it, the first that a release has counts."""
    renamed: Mapping[str, str]
    """Key of a flag that is gone to what came in its place, as words for a person."""
    lines: Mapping[str, Sequence[Mapping[str, str]]]
    """Component to the options of its command line; vitessctl.render.commandline reads it."""
    _accepted: dict[tuple[str, str], dict[str, tuple[str, ...]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def fact(self, name: str, release: str) -> Any:
        """The value of a fact for a release; None where nothing is said."""
        return ranges.pick(self.facts[name], release, self.names)

    def accepted(self, component: str, release: str) -> Mapping[str, tuple[str, ...]]:
        """Every flag of a component: its key to its spellings, those with dashes first."""
        if (component, release) not in self._accepted:
            self._accepted[component, release] = self._collect(component, release)
        return self._accepted[component, release]

    def having(self, component: str, flag: str) -> list[str]:
        """The releases in which a component has the flag in any spelling, oldest first."""
        key = flag_key(flag)
        return [name for name in self.names if key in self.accepted(component, name)]

    def _collect(self, component: str, release: str) -> dict[str, tuple[str, ...]]:
        spellings = (
            flag
            for text, flags in self.flags.get(component, {}).items()
            if ranges.holds(text, release, self.names)
            for flag in flags.split(" ")
        )
        found: dict[str, tuple[str, ...]] = {}
        for flag in sorted(spellings):
            key = flag_key(flag)
            found[key] = (*found.get(key, ()), flag)
        return found


def from_data(facts: Any, flags: Any, options: Any, lines: Any) -> Knowledge:
    """Knowledge from the parsed content of the four files."""
    return Knowledge(
        names=tuple(facts["releases"]),
        facts=facts["facts"],
        flags=flags,
        options=options["options"],
        renamed=options["renamed"],
        lines=lines,
    )


def read(file: str) -> Any:
    """The parsed content of one data file. (importlib.resources would cost 20 ms of every start, for its imports.)"""
    with open(os.path.join(os.path.dirname(__file__), "data", f"{file}.json"), encoding="utf-8") as data:
        return json.load(data)


@cache
def packaged() -> Knowledge:
    """What this package knows."""
    return from_data(**{file: read(file) for file in FILES})
