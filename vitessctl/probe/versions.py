"""The versions that programs print of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from vitessctl import releases

_VITESS = re.compile(r"\bversion:?\s+(?:version:?\s+)?v?(\d+(?:\.\d+)*\S*)", re.IGNORECASE)
_MYSQL = re.compile(r"\bVer\s+(\d+(?:\.\d+)+\S*)")
_ETCD = re.compile(r"\betcd Version:\s*v?(\d+(?:\.\d+)+\S*)")


def of_vitess(lines: Iterable[str]) -> str:
    """`24.0.4` of `vttablet version Version: 24.0.4 (Git revision …) built on …`; "" where it says none."""
    return _first(_VITESS, lines)


def of_mysqld(lines: Iterable[str]) -> str:
    """`8.4.6` of `/usr/sbin/mysqld  Ver 8.4.6 for Linux on x86_64 (…)`, `10.11.6-MariaDB` of MariaDB's."""
    return _first(_MYSQL, lines)


def of_etcd(lines: Iterable[str]) -> str:
    """`3.5.17` of `etcd Version: 3.5.17`."""
    return _first(_ETCD, lines)


def release_of(version: str) -> str:
    """The release that a version of Vitess belongs to; "" where there is none."""
    return (releases.of_image(f"vitess:v{version}") or "") if version else ""


def series_of(version: str) -> str:
    """`8.4` of 8.4.6, `9` of 9.7.4: as Release.mysql_series names them."""
    major, _, rest = version.partition(".")
    return major if int(major) >= 9 else f"{major}.{re.split(r'[^0-9]', rest)[0]}"


def _first(pattern: re.Pattern[str], lines: Iterable[str]) -> str:
    for line in lines:
        match = pattern.search(line)
        if match:
            return match[1].rstrip(",;")
    return ""
