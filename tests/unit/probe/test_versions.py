"""Versions as programs print them, the first four of real ones."""

from __future__ import annotations

import pytest

from vitessctl.probe import versions


@pytest.mark.parametrize(
    ("line", "version", "release"),
    [
        ("vttablet version Version: 24.0.4 (Git revision  branch '') built on  by @ using go1.26.8", "24.0.4", "24"),
        ("vttablet version Version: 24.0.0-SNAPSHOT (Git revision  branch '')", "24.0.0-SNAPSHOT", "24"),
        ("Version: 14.0.1 (Git revision 1234 branch 'HEAD') built on Wed", "14.0.1", "14"),
        ("vtgate version Version: 25.0.0-SNAPSHOT (Git revision 12)", "25.0.0-SNAPSHOT", "25-dev"),
        ("flag provided but not defined: -version", "", ""),
        ("  -version\tprint binary version", "", ""),
    ],
)
def test_vitess(line: str, version: str, release: str) -> None:
    found = versions.of_vitess(["something before it", line])

    assert (found, versions.release_of(found)) == (version, release)


@pytest.mark.parametrize(
    ("line", "version", "series"),
    [
        ("/usr/sbin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))", "9.7.4-2", "9"),
        ("/usr/sbin/mysqld  Ver 8.4.6 for Linux on x86_64 (MySQL Community Server - GPL)", "8.4.6", "8.4"),
        ("mysqld  Ver 5.7.44 for Linux on x86_64", "5.7.44", "5.7"),
        ("mysqld  Ver 10.11.6-MariaDB for debian-linux-gnu", "10.11.6-MariaDB", "10"),
    ],
)
def test_mysqld(line: str, version: str, series: str) -> None:
    found = versions.of_mysqld([line])

    assert (found, versions.series_of(found)) == (version, series)


def test_etcd() -> None:
    assert versions.of_etcd(["etcd Version: 3.5.30", "Git SHA: Not provided"]) == "3.5.30"
    assert versions.of_etcd(["unknown flag"]) == ""
