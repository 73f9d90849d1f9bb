"""What each server says that it is, beside the spec, and beside each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from vitessctl import releases
from vitessctl.doctor.catalogue import finding
from vitessctl.doctor.examined import Case
from vitessctl.spec.mysql_image import is_mariadb, series_of
from vitessctl.spec.words import listed
from vitessctl.status.catalogue import Finding
from vitessctl.status.view import ShardView

_NUMBERS = re.compile(r"v?(\d+(?:\.\d+)*)")


def findings(case: Case) -> Iterator[Finding]:
    """Vitess, then MySQL, etcd, and vitessctl itself."""
    told = {server: release for server, word in case.examined.versions.items() if (release := release_of(word))}
    yield from _beside_spec(case, told)
    yield from _apart(told)
    for shard in case.view.shards():
        yield from _mysql(case, shard)
    yield from _etcd(case)
    if numbers(case.examined.written_by) > numbers(case.tool):
        yield finding("written-by-newer", "", version=case.examined.written_by, own=case.tool)


def release_of(word: str) -> str:
    """The line of Vitess of `24.0.0-SNAPSHOT`; "" for one that is not known, or no number."""
    found = _NUMBERS.match(word)
    release = releases.of_image(f"vitess:v{found[1]}") if found else None
    return release if release in releases.names() else ""


def numbers(version: str) -> tuple[int, ...]:
    """`(0, 10, 2)`; nothing for what is no version, which is older than any."""
    found = _NUMBERS.match(version)
    return tuple(map(int, found[1].split("."))) if found else ()


def component_of(server: str) -> str:
    """`vtgate` of `vtgate/zone1`; a server that is called by an alias is a vttablet."""
    component = server.partition("/")[0]
    return component if component in ("vtctld", "vtgate", "vtorc") else "vttablet"


def _beside_spec(case: Case, told: Mapping[str, str]) -> Iterator[Finding]:
    for server, release in told.items():
        wanted = case.view.cluster.release_of(component_of(server))
        if release != wanted:
            yield finding("version-differs", server, version=case.examined.versions[server], wanted=wanted)


def _apart(told: Mapping[str, str]) -> Iterator[Finding]:
    """One pair says enough."""
    first_of: dict[str, str] = {}
    for server, release in told.items():
        first_of.setdefault(release, server)
    for first, second in combinations(first_of, 2):
        if releases.between(first, second):
            yield finding("versions-apart", "", one=first_of[first], other=first_of[second], first=first, second=second)
            return


def _mysql(case: Case, shard: ShardView) -> Iterator[Finding]:
    release = releases.get(case.view.cluster.release_of("mysqlctld"))
    leader = shard.leader.status.version if shard.leader and shard.leader.status else ""
    for tablet in shard.tablets:
        version = tablet.status.version if tablet.status else ""
        series = series_of(f"mysql:{version}")
        if version and (is_mariadb(f"mysql:{version}") or (series and series not in release.mysql_series)):
            known = listed(release.mysql_series, "and")
            yield finding("mysql-unmanaged", tablet.alias, version=version, release=release.name, series=known)
        if version and numbers(version)[:2] < numbers(leader)[:2]:
            yield finding("mysql-older-than-source", tablet.alias, version=version, newer=leader, alias=shard.primary)


def _etcd(case: Case) -> Iterator[Finding]:
    told = {name: found.version for name, found in case.examined.etcd.items() if found.version}
    if len(set(told.values())) > 1:
        yield finding("etcd-versions", "etcd", versions=", ".join(f"{name} {word}" for name, word in told.items()))
