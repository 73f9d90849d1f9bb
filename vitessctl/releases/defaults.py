"""What kind of value a flag takes, and what it is where nobody says anything.

Read when something asks: a spec with `extra_flags`, `vitessctl releases`. From 15 on this is what the servers'
help texts say; before, what the flags' definitions in the source say, as far as they could be evaluated.
data/defaults.json holds, by component and flag, a range of releases and `kind default`; a kind alone means that
the default is not known. What several components have in common is under `*`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from vitessctl.releases import knowledge, ranges
from vitessctl.releases.knowledge import flag_key

COMMON = "*"
Table = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Component to flag (with dashes) to range of releases to kind and default."""


class Default(NamedTuple):
    """A flag's kind (see vitessctl.releases.values) and its default."""

    kind: str
    text: str | None
    """None: not known."""


@cache
def packaged() -> Table:
    """What this package knows."""
    table: Table = knowledge.read("defaults")
    return table


def of_flag(component: str, release: str, flag: str) -> Default | None:
    """What is known of a component's flag in a release; None if nothing is."""
    by_range = _by_range(component, flag_key(flag))
    found = ranges.pick(by_range, release, knowledge.packaged().names)
    if found is None:
        return None
    kind, known, text = found.partition(" ")
    return Default(kind, text if known else None)


def _by_range(component: str, key: str) -> Mapping[str, str]:
    table = packaged()
    own = table.get(component, {}).get(key)
    return table[COMMON].get(key, {}) if own is None else own
