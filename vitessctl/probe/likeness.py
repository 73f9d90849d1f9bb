"""Which release lists such flags."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from vitessctl import releases

_SIMILAR = 0.75
"""Below this share of flags in common it is no Vitess that is known here. A release has nine tenths of its flags in
common with the next; where they were all renamed (22, 23) two tenths."""


def best(listed: Mapping[str, Collection[str]], declared: str) -> str:
    """The release whose tables are most like what an image's programs list, by component; "" if none is alike.

    `declared` is the one that the spec says: it is the answer where others are no better.
    """
    scores = {name: _score(listed, name) for name in releases.names()}
    highest = max(scores.values())
    if highest < _SIMILAR:
        return ""
    if scores.get(declared) == highest:
        return declared
    return next(name for name, score in scores.items() if score == highest)


def _score(listed: Mapping[str, Collection[str]], name: str) -> float:
    """Flags in common, of all flags that either has."""
    release = releases.get(name)
    both = either = 0
    for component, flags in listed.items():
        known = {flag for flag in flags if release.accepts(component, flag)}
        both += len(known)
        either += len(flags) + max(0, len(release.flags(component)) - len(known))
    return both / either if either else 0.0
