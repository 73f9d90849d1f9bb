"""Which MySQL an image holds, as far as its name tells."""

from __future__ import annotations

import re

from vitessctl.releases.image import image_name, tag_of

_VERSION = re.compile(r"^v?(?P<major>\d{1,2})(?:\.(?P<minor>\d{1,2}))?(?:[.+_-].*)?$")
_FLAVOUR = re.compile(r"(?:^|-)(?:mysql|percona)(?P<major>\d)(?P<minor>\d)$")
_SERVER = re.compile(r"mysql(?!ctl)|percona")
"""A name of a server; mysqlctld is a program of Vitess, and its tag Vitess's version."""


def is_mariadb(image: str) -> bool:
    """Whether the name says MariaDB."""
    return any("mariadb" in part for part in _name_and_tag(image))


def series_of(image: str) -> str | None:
    """`8.0`, `8.4` or `9`: the series in `mysql:8.4.8` or `vitess/lite:v24-mysql84`; None if the name hides it."""
    name, tag = _name_and_tag(image)
    match = _FLAVOUR.search(tag)
    if match is None and _SERVER.search(name):
        match = _VERSION.match(tag)
    if match is None:
        return None
    major = int(match["major"])
    if major >= 9:
        return str(major)
    return f"{major}.{match['minor']}" if match["minor"] else None


def _name_and_tag(image: str) -> tuple[str, str]:
    return image_name(image).lower(), tag_of(image).lower()
