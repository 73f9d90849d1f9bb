"""Each finding of the doctor's own, from what was seen to its exact words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.world.ground import DISK, GIB
from tests.unit.doctor.looking import FIRST, SECOND, THIRD, a_case
from vitessctl.doctor.checks import certificates, clocks, disks, findings, ground, topology, versions
from vitessctl.doctor.examined import Case, EtcdNumbers, Unseen
from vitessctl.errors import UnreachableError
from vitessctl.targets.ground import Expiry, Jam, Reading, Volume
from vitessctl.vtctld.records import CellRecord

NOW = 1_795_730_000.0
DAY = 86400.0


def said(check: Any, case: Case) -> dict[str, list[str]]:
    """By id."""
    found: dict[str, list[str]] = {}
    for each in check(case):
        found.setdefault(each.id, []).append(each.text)
    return found


def test_of_a_cluster_that_is_well_nothing_is_said() -> None:
    assert list(findings(a_case())) == []


# Disks


@pytest.mark.parametrize(
    ("size", "free", "found"),
    [
        (10 * GIB, 0.4 * GIB, "disk-full"),
        (10 * GIB, 0.6 * GIB, "disk-low"),
        (10 * GIB, 1.6 * GIB, None),
        (2000 * GIB, 1.9 * GIB, "disk-full"),
        (2000 * GIB, 19 * GIB, "disk-low"),
        (2000 * GIB, 21 * GIB, None),
        (GIB, 0.1 * GIB, "disk-low"),
        (GIB, 0.2 * GIB, None),
    ],
)
def test_a_disk_has_little_room_by_share_and_by_size(size: float, free: float, found: str | None) -> None:
    volume = replace(DISK, size=int(size), free=int(free))

    assert list(said(disks.findings, a_case(volumes=(volume,)))) == ([found] if found else [])


def test_a_disk_says_how_much_is_left_and_where() -> None:
    case = a_case(volumes=(Volume(FIRST, "/vt/vtdataroot", 10 * GIB, 300 * 1024**2),))

    assert said(disks.findings, case) == {
        "disk-full": [f"{FIRST}: its disk is nearly full: 300.0 MiB of 10.0 GiB are free at /vt/vtdataroot"]
    }


@pytest.mark.parametrize(("free", "found"), [(90, "inodes-used-up"), (400, "inodes-low"), (600, None)])
def test_files_that_a_disk_can_still_take(free: int, found: str | None) -> None:
    volume = replace(DISK, inodes=10_000, inodes_free=free)

    assert list(said(disks.findings, a_case(volumes=(volume,)))) == ([found] if found else [])


def test_a_file_system_that_does_not_count_files_is_not_blamed() -> None:
    assert said(disks.findings, a_case(volumes=(replace(DISK, inodes=0, inodes_free=0),))) == {}


def test_binary_logs_of_all_tablets_count_on_a_disk_that_all_share() -> None:
    case = a_case(binlogs={FIRST: 20 * GIB, SECOND: 21 * GIB})

    assert said(disks.findings, case) == {
        "binlogs-large": ["/state: binary logs take 41.0 GiB, 41 % of the disk at /state"]
    }


def test_binary_logs_count_for_their_own_volume() -> None:
    volumes = tuple(Volume(alias, "/data", 10 * GIB, 5 * GIB) for alias in (FIRST, SECOND))
    case = a_case(volumes=volumes, binlogs={FIRST: 3 * GIB, SECOND: 5 * GIB})

    assert said(disks.findings, case) == {
        "binlogs-large": [f"{SECOND}: binary logs take 5.0 GiB, 50 % of the disk at /data"]
    }


@pytest.mark.parametrize(
    ("size", "used", "found"),
    [
        (1.95, 1.9, "etcd-quota-used-up"),
        (1.7, 1.6, "etcd-quota-low"),
        (1.0, 0.4, "etcd-fragmented"),
        (1.0, 0.6, None),
        (0.2, 0.01, None),
    ],
)
def test_room_in_the_store_of_etcd(size: float, used: float, found: str | None) -> None:
    numbers = EtcdNumbers("3.5.30", int(size * GIB), int(used * GIB), 2 * GIB)

    assert list(said(disks.findings, a_case(etcd={"etcd-0": numbers}))) == ([found] if found else [])


def test_an_etcd_that_does_not_say_its_quota_is_not_blamed() -> None:
    assert said(disks.findings, a_case(etcd={"etcd-0": EtcdNumbers("3.4", GIB, 0, 0)})) == {}


# Versions


def test_a_server_of_another_release_than_the_spec_says() -> None:
    case = a_case(versions={"vtctld": "24.0.4", "vtgate/zone1": "23.0.1", FIRST: "24.0.0-SNAPSHOT"})

    assert said(versions.findings, case) == {
        "version-differs": ["vtgate/zone1: is Vitess 23.0.1 by its own word, the spec says 24"]
    }


def test_servers_that_are_too_far_apart_are_an_error() -> None:
    case = a_case(versions={"vtctld": "24.0.4", FIRST: "24.0.4", "vtgate/zone1": "22.0.1"})

    assert said(versions.findings, case)["versions-apart"] == [
        "vtctld is of Vitess 24, vtgate/zone1 of 22: more than one release apart"
    ]


@pytest.mark.parametrize("word", ["", "HEAD", "99.0.0", "24.0.4-REHEARSAL"])
def test_a_version_that_says_nothing_is_no_finding(word: str) -> None:
    assert said(versions.findings, a_case(versions={"vtctld": word})) == {}


def with_mysql(case: Case, **versions_of: str) -> Case:
    """The same, with other versions of MySQL, by `t100` and so on."""
    tablets = dict(case.view.observed.tablets)
    for name, version in versions_of.items():
        alias = f"zone1-{int(name[1:]):010d}"
        status = tablets[alias].full_status
        assert status is not None
        tablets[alias] = replace(tablets[alias], full_status=replace(status, version=version))
    return replace(case, view=replace(case.view, observed=replace(case.view.observed, tablets=tablets)))


@pytest.mark.parametrize("version", ["5.6.24-log", "11.4.2-MariaDB-log"])
def test_a_mysql_that_the_release_cannot_manage(version: str) -> None:
    case = with_mysql(a_case(), t100=version, t101=version, t102=version)

    (first, *_) = said(versions.findings, case)["mysql-unmanaged"]
    assert first == f"{FIRST}: its MySQL is {version}; Vitess 24 can start and manage 8.0, 8.4 and 9"


def test_a_replica_that_is_older_than_its_primary() -> None:
    assert said(versions.findings, with_mysql(a_case(), t100="8.4.6", t101="8.0.40", t102="8.4.2")) == {
        "mysql-older-than-source": [f"{SECOND}: its MySQL is 8.0.40, older than the 8.4.6 of its primary {FIRST}"]
    }


def test_members_of_etcd_of_different_versions() -> None:
    case = a_case(etcd={"etcd-0": EtcdNumbers("3.5.30"), "etcd-1": EtcdNumbers("3.6.4"), "etcd-2": EtcdNumbers("")})

    assert said(versions.findings, case) == {
        "etcd-versions": ["etcd: its members are of different versions: etcd-0 3.5.30, etcd-1 3.6.4"]
    }


@pytest.mark.parametrize(("version", "newer"), [("0.10.1", True), ("0.11", True), ("0.9.9", False), ("", False)])
def test_a_cluster_that_a_newer_vitessctl_has_written(version: str, newer: bool) -> None:
    found = said(versions.findings, a_case(written_by=version))

    assert found == (
        {"written-by-newer": [f"was brought up last by vitessctl {version}, this is 0.10.0"]} if newer else {}
    )


# Certificates


def expiry(begins: float, ends: float) -> Expiry:
    return Expiry("the certificate", NOW + begins * DAY, NOW + ends * DAY, "renew it")


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (expiry(-365, -2), "the certificate ended 2 days ago, on 2026-11-24 21:53 UTC"),
        (expiry(-365, 20), "the certificate ends in 20 days, on 2026-12-16 21:53 UTC"),
        (expiry(-3, 0.5), "the certificate ends in 12 hours, on 2026-11-27 09:53 UTC"),
        (expiry(1, 365), "the certificate is valid only from 2026-11-27 21:53 UTC on"),
    ],
)
def test_what_has_ended_ends_soon_or_has_not_begun(found: Expiry, text: str) -> None:
    (only,) = certificates.findings(a_case(now=NOW, expiries=(found,)))

    assert only.text == text
    assert only.remedy.endswith("renew it")
    assert only.id in ("expired", "expires", "not-valid-yet")


@pytest.mark.parametrize("found", [expiry(-300, 40), expiry(-0.02, 0.03), expiry(0.001, 10)])
def test_what_lasts_long_enough_for_its_kind(found: Expiry) -> None:
    """A token that lives for an hour is renewed each hour; a clock may be off by some minutes."""
    assert said(certificates.findings, a_case(now=NOW, expiries=(found,))) == {}


def test_without_a_beginning_a_month_is_enough() -> None:
    ends = Expiry("the token", 0.0, NOW + 20 * DAY, "")

    assert list(said(certificates.findings, a_case(now=NOW, expiries=(ends,)))) == ["expires"]


# Clocks


def reading(name: str, ahead: float, trip: float = 0.01, precision: float = 0.0) -> Reading:
    return Reading(name, NOW, NOW + ahead + trip / 2, NOW + trip, precision)


def test_a_clock_that_is_apart_from_the_others() -> None:
    case = a_case(
        readings=(reading(FIRST, 0.0), reading(SECOND, -2.5), reading(THIRD, 0.1), reading("vtctld", 0, 1, 1))
    )

    assert said(clocks.findings, case) == {"clock-apart": [f"{SECOND}: its clock is 2.5 s behind the others'"]}


def test_only_what_is_proven_is_said() -> None:
    """An answer that took 5 s, and a Date of whole seconds, leave room for much."""
    case = a_case(readings=(reading(FIRST, 0.0), reading(SECOND, 0.1), reading("vtctld", 3.0, trip=5.0, precision=1.0)))

    assert said(clocks.findings, case) == {}


@pytest.mark.parametrize(("ahead", "word"), [(60.0, "behind"), (-60.0, "ahead of")])
def test_a_machine_whose_own_clock_is_wrong_does_not_blame_the_cluster(ahead: float, word: str) -> None:
    case = a_case(readings=tuple(reading(alias, ahead) for alias in (FIRST, SECOND, THIRD)))

    assert said(clocks.findings, case) == {"own-clock": [f"the clock of this machine is 60 s {word} the cluster's"]}


def test_of_two_clocks_the_nearer_one_is_believed() -> None:
    case = a_case(readings=(reading("the API server", -20.0), reading(FIRST, 0.0)))

    assert said(clocks.findings, case) == {"clock-apart": ["the API server: its clock is 20.0 s behind the others'"]}


# Topology, pods, and what could not be looked at


def test_a_cell_whose_address_is_not_the_specs() -> None:
    case = a_case(cells={"zone1": CellRecord("zone1", "127.0.0.1:9", "/vitess/zone1")})

    assert said(topology.findings, case) == {
        "cell-address": ["cell zone1: has the topology server at 127.0.0.1:9, the spec says 127.0.0.1:15010"]
    }


def test_what_would_keep_the_next_up_from_coming() -> None:
    fault = UnreachableError(
        "the quota small leaves too little pods", where="ResourceQuota/small", why="9 of 9", fix="more"
    )

    (found,) = ground.findings(a_case(preflight=(fault,)))

    assert found.id == "in-the-way"
    assert (
        found.text
        == "ResourceQuota/small: the next up would be refused: the quota small leaves too little pods: 9 of 9"
    )
    assert found.remedy == "more"


def test_what_hangs_is_unknown_and_what_is_refused_a_warning() -> None:
    hangs = Unseen("the disk of a", "no answer within 6.0 s", silent=True)
    refused = Unseen("the volumes", "we may not", "have it allowed")

    assert said(ground.findings, a_case(unseen=(hangs, refused))) == {
        "unanswered": ["the disk of a could not be looked at: no answer within 6.0 s"],
        "not-examined": ["the volumes could not be looked at: we may not"],
    }


def test_a_pod_that_its_statefulset_waits_for() -> None:
    why = "is in ImagePullBackOff, of an earlier revision than its StatefulSet, which waits for it"
    living = Jam("Pod/a-0", FIRST, why, "delete", leaving=False)
    leaving = Jam("Pod/b-0", FIRST, "hangs", refusal="its node may still run it")

    (found,) = ground.findings(a_case(jams=(living, leaving)))

    assert (found.id, found.text) == ("pod-of-old-revision", f"Pod/a-0: {why}")
    assert found.remedy == "vitessctl up; or kubectl delete pod/a-0"
