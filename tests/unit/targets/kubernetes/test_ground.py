"""What the doctor asks of a Kubernetes: disks by a program in the pods, the record, the preflight, files."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.unit.targets.kubernetes.test_target import NAMESPACE, Bed
from vitessctl.targets.base import Run
from vitessctl.targets.ground import Expiry, Volume
from vitessctl.targets.kubernetes import kinds
from vitessctl.targets.kubernetes.faults import Forbidden, NotTold, Unreachable
from vitessctl.targets.kubernetes.ground import KubernetesGround
from vitessctl.targets.kubernetes.interface import Executed

ALIASES = tuple(f"zone1-{number:010d}" for number in (100, 101, 102))
HEAD = "Filesystem     1024-blocks    Used Available Capacity Mounted on\n"
BLOCKS = f"{HEAD}/dev/vda           10218772 5000000   4680000      52% /vt/vtdataroot\n"
INODES = (
    "Filesystem     Inodes IUsed  IFree IUse% Mounted on\n/dev/vda       655360  2000 653360    1% /vt/vtdataroot\n"
)


@pytest.fixture
def bed() -> Bed:
    """A cluster that is up."""
    bed = Bed()
    bed.target.apply(bed.documents)
    bed.use()
    return bed


def answers(bed: Bed, blocks: Executed, inodes: Executed) -> None:
    def answer(pod: str, container: str, command: Sequence[str]) -> Executed | None:
        assert container in ("vttablet", "mysqld")
        assert command[0] == "df"
        assert command[-1] == "/vt/vtdataroot"
        return inodes if "-i" in command else blocks

    bed.api.on_execute(answer)


def test_the_disk_of_each_tablet_by_df(bed: Bed) -> None:
    answers(bed, Executed(0, BLOCKS, ""), Executed(0, INODES, ""))

    looks = KubernetesGround(bed.target).volumes()

    assert tuple(looks) == ALIASES
    assert looks[ALIASES[0]]() == Volume(ALIASES[0], "/vt/vtdataroot", 10218772 * 1024, 4680000 * 1024, 655360, 653360)


def test_a_file_system_that_does_not_count_files(bed: Bed) -> None:
    answers(bed, Executed(0, BLOCKS, ""), Executed(0, INODES.replace("655360", "-"), ""))

    assert KubernetesGround(bed.target).volumes()[ALIASES[0]]().inodes == 0


@pytest.mark.parametrize(
    ("executed", "why"),
    [
        (
            Executed(1, "", "df: /vt/vtdataroot: No such file or directory\n"),
            "df: /vt/vtdataroot: No such file or directory",
        ),
        (Executed(0, "", ""), "it says nothing"),
        (Executed(0, "one two\n", ""), "one two"),
    ],
)
def test_what_df_does_not_tell(bed: Bed, executed: Executed, why: str) -> None:
    answers(bed, executed, executed)

    with pytest.raises(NotTold) as raised:
        KubernetesGround(bed.target).volumes()[ALIASES[0]]()
    assert raised.value.why == why


def test_a_pod_that_does_not_run_is_not_asked(bed: Bed) -> None:
    bed.api.rest()
    pod = f"minimal-vttablet-{ALIASES[0]}-0"
    bed.api.set_status(kinds.POD, NAMESPACE, pod, {"phase": "Pending"})

    assert tuple(KubernetesGround(bed.target).volumes()) == ALIASES[1:]


def test_where_nothing_may_be_run_in_pods_that_is_the_reason(bed: Bed) -> None:
    bed.api.deny("create", "pods/exec")

    with pytest.raises(Forbidden, match="exec"):
        KubernetesGround(bed.target).volumes()[ALIASES[0]]()


def test_a_file_by_cat_in_the_components_own_container(bed: Bed) -> None:
    def answer(pod: str, container: str, command: Sequence[str]) -> Executed | None:
        assert container == "vtgate"
        return Executed(0, "-----BEGIN", "") if list(command) == ["cat", "/tls/c.pem"] else Executed(1, "", "no file")

    bed.api.on_execute(answer)
    ground = KubernetesGround(bed.target)

    assert ground.read("vtgate", "zone1", "/tls/c.pem") == b"-----BEGIN"
    with pytest.raises(NotTold, match="cat /tls/other"):
        ground.read("vtgate", "zone1", "/tls/other")


def test_which_vitessctl_was_here_last(bed: Bed) -> None:
    from threading import Event

    from vitessctl import __version__

    ground = KubernetesGround(bed.target)
    assert ground.written_by() == ""
    with bed.target.changing(Run("doctor", bed.documents, lambda event: None, Event())):
        pass
    assert ground.written_by() == __version__


def test_version_clock_and_credentials_are_the_api_servers(bed: Bed) -> None:
    bed.api.ahead, bed.api.valid = 90.0, [Expiry("the token", 0, 5)]
    ground = KubernetesGround(bed.target)

    assert ground.version() == "v1.34.4"
    (reading,) = ground.clocks()
    assert 88 < reading.least <= 90 <= reading.most < 92
    assert ground.expiries() == (Expiry("the token", 0, 5),)


def test_of_a_cluster_that_runs_nothing_stands_in_the_way(bed: Bed) -> None:
    """Also of its own quota it has taken its share already."""
    bed.api.put({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "spec": {}, "status": NODE})
    hard = {"pods": "6", "persistentvolumeclaims": "4"}
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "full", "namespace": NAMESPACE}}
    bed.api.put({**quota, "spec": {"hard": hard}, "status": {"hard": hard, "used": hard}})
    bed.api.requests.clear()

    assert KubernetesGround(bed.target).preflight(bed.documents) == ()
    assert bed.writes == []


NODE = {
    "allocatable": {"cpu": "64", "memory": "256Gi", "pods": "110"},
    "conditions": [{"type": "Ready", "status": "True"}],
}


def test_one_fault_and_several(bed: Bed) -> None:
    bed.api.deny("patch", "statefulsets")
    bed.api.server_version = "v1.20.1"

    found = KubernetesGround(bed.target).preflight(bed.documents)

    assert {type(each).__name__ for each in found} >= {"MissingRights", "TooOld"}


def test_an_api_server_that_does_not_answer_is_no_fault_of_the_next_up(bed: Bed) -> None:
    def broken() -> str:
        raise Unreachable("https://x", "refused")

    bed.api.version = broken  # type: ignore[method-assign]

    with pytest.raises(Unreachable):
        KubernetesGround(bed.target).preflight(bed.documents)
