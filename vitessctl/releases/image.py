"""Which release an image reference tells of."""

from __future__ import annotations

import re

_VITESS_IMAGE = re.compile(r"(?:^|/)vitess/[a-z]+$")
_TAG = re.compile(r"^v?(?P<major>\d{1,3})(?:\.(?P<minor>\d{1,3}))?(?:[.+_-].*)?$")


def tag_of(reference: str) -> str:
    """The tag of an image reference; empty where it has none. A digest is no tag, a registry's port neither."""
    name = reference.strip().partition("@")[0]
    _, colon, tag = name.rpartition(":")
    return tag if colon and "/" not in tag else ""


def is_vitess_image(reference: str) -> bool:
    """Whether it is an image of the Vitess project, or a mirror of one under its own name: `…/vitess/vtgate`.

    Such an image says in its tag what it is; in other images a tag may count something else.
    """
    return _VITESS_IMAGE.search(_without_tag(reference)) is not None


def image_name(reference: str) -> str:
    """The last part of its name: `vtgate` of `registry:5000/vitess/vtgate:v24.0.4`."""
    return _without_tag(reference).rpartition("/")[2]


def _without_tag(reference: str) -> str:
    name = reference.strip().partition("@")[0]
    return name.removesuffix(f":{tag_of(reference)}")


def release_name(reference: str) -> str | None:
    """The name of the release that the tag stands for, known or not; None if the tag tells of none.

    Until 2.2 the minor number counts, from 3 on the major alone does (`v2.1.1` is 2.1, `v24.0.4-mysql80` is 24).
    """
    match = _TAG.match(tag_of(reference))
    if match is None:
        return None
    major = int(match["major"])
    return f"{major}.{int(match['minor'] or 0)}" if major <= 2 else str(major)
