"""What each Vitess release accepts, as data.

>>> get("24").option("vtgate", "cells_to_watch"), get("2.1").option("vtgate", "cells_to_watch")
('cells-to-watch', 'cells_to_watch')
"""

from __future__ import annotations

import difflib
from functools import cache

from vitessctl.releases import image, knowledge, preview
from vitessctl.releases.errors import UnknownFlagError, UnknownOptionError, UnknownReleaseError
from vitessctl.releases.image import image_name, is_vitess_image
from vitessctl.releases.release import Probe, Release, build

__all__ = [
    "Probe",
    "Release",
    "UnknownFlagError",
    "UnknownOptionError",
    "UnknownReleaseError",
    "between",
    "get",
    "having",
    "image_name",
    "is_vitess_image",
    "names",
    "of_image",
]


def names() -> tuple[str, ...]:
    """Every known release, oldest first: `2.1`, `2.2`, `3` … `24`, `25-dev`."""
    return knowledge.packaged().names


@cache
def get(name: str) -> Release:
    """The release of that name; UnknownReleaseError with the known ones if there is none."""
    known = names()
    if name not in known:
        told = image.release_name(f":{name}")
        close = [each for each in known if each == told or (name and each.startswith(name))]
        close += difflib.get_close_matches(name, known, n=1, cutoff=0.7)
        raise UnknownReleaseError(
            f"there is no Vitess release {name!r}",
            why=f"the known releases are {', '.join(known)}",
            fix=f"did you mean {close[0]}?" if close else "write the major version, such as 24",
        )
    return build(knowledge.packaged(), name)


def having(fact: str, member: str) -> tuple[str, ...]:
    """The releases in whose list of a fact something is: `having("mysql_series", "8.4")`. Oldest first."""
    known = knowledge.packaged()
    return tuple(name for name in known.names if member in (known.fact(fact, name) or ()))


def between(one: str, other: str) -> tuple[str, ...]:
    """The known releases that lie between two, in the order of the way from `one` to `other`; empty for neighbours.

    Components of neighbouring releases work together, others do not: so nothing may lie between them.
    """
    known = names()
    first, last = known.index(one), known.index(other)
    return known[first + 1 : last] if first <= last else known[first - 1 : last : -1]


def of_image(reference: str) -> str | None:
    """The release that an image's tag tells of; None for a digest, `latest`, or a tag that says nothing.

    A tag that counts further than the known releases gives its own number (`v31.0.0` is `31`), so that
    `get` can say that this one is not known.
    """
    name = image.release_name(reference)
    early = f"{name}{preview.ENDING}"
    return early if name not in names() and early in names() else name
