"""The history of releases: tags and dates, and what each changes that a flag's name does not tell.

Read by `vitessctl releases` alone. Tags and dates are those of the project's own repository; what changes is
from the release notes and from the source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from vitessctl.releases import knowledge


class Tags(NamedTuple):
    """The patches of a release that are known; empty texts where none is."""

    first: str = ""
    date: str = ""
    """When the first one was tagged: a day, or a month."""
    last: str = ""
    image: str = ""
    """The tag of the newest image."""


@cache
def _data() -> Mapping[str, Any]:
    data: Mapping[str, Any] = knowledge.read("about")
    return data


def tags(release: str) -> Tags:
    """First and last patch of a release, and its image, which is the last patch's unless something else is known."""
    found = Tags(**_data()["tags"].get(release, {}))
    return found._replace(image=found.image or found.last)


def notes(release: str) -> Sequence[str]:
    """What a release changed for those who come from the one before; sentences."""
    found: Sequence[str] = _data()["notes"].get(release, ())
    return found
