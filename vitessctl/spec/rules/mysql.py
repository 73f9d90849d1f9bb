"""MySQL that the release can start and speak to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vitessctl import releases
from vitessctl.releases import Release
from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.view import View
from vitessctl.spec.words import listed


class _Server(NamedTuple):
    """Where mysqld comes from."""

    key: str
    """Below `images`."""
    image: str
    own: bool
    """Whether it is the image of Vitess itself."""


def mysql_can_be_managed(view: View) -> Iterator[Finding]:
    """The release starts and speaks to some series of MySQL, and to no other."""
    release = view.release_of("mysqlctld")
    server = None if release is None else _server(view, release)
    if release is None or server is None:
        return
    from vitessctl.spec.mysql_image import is_mariadb

    mariadb = is_mariadb(server.image)
    series = None if mariadb else _series(server)
    if not mariadb and (series is None or series in release.mysql_series):
        return
    yield finding(
        view,
        ("images", server.key),
        f"Vitess {release.name} cannot manage {server.image}",
        why=f"it can start and manage MySQL {listed(release.mysql_series, 'and')}{_elsewhere(series)}",
        fix=_fix(server, release),
    )


def _server(view: View, release: Release) -> _Server | None:
    """The image that mysqld is started from, where the spec names one."""
    if "mysqld" in view.images:
        return _Server("mysqld", view.images["mysqld"], own=False)
    if not release.mysqld_in_image:
        return None
    key = "vitess" if "vitess" in view.images else "mysqlctld"
    return _Server(key, view.images[key], own=True) if key in view.images else None


def _series(server: _Server) -> str | None:
    """What its name says, or what an image of Vitess without a flavour is known to hold; None if nobody knows.

    What an image of Vitess holds without a flavour, its own release can manage.
    """
    from vitessctl.spec.mysql_image import series_of

    named = series_of(server.image)
    vitess = not server.own and releases.is_vitess_image(server.image)
    told = releases.of_image(server.image) if vitess else None
    if named or told not in releases.names() or told is None:
        return named
    return series_of(f"mysql:{releases.get(told).image_mysql}")


def _elsewhere(series: str | None) -> str:
    """Which releases can, if any."""
    if series is None:
        return "; MariaDB is not managed here with any release, and Vitess itself ended its support with 14"
    able = releases.having("mysql_series", series)
    if not able:
        return ""
    span = f"from Vitess {able[0]} on" if able[-1] == releases.names()[-1] else f"with Vitess {able[0]} to {able[-1]}"
    return f"; MySQL {series} can be managed {span}"


def _fix(server: _Server, release: Release) -> str:
    if server.own:
        return "choose the tag without its end, or one whose end names such a MySQL"
    default = release.default_images.get("mysqld", "")
    return f"choose {default}" if default else "remove this: the Vitess image holds MySQL"
