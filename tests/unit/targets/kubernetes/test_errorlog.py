"""Why the mysqld of a pod has ended: when its error log is looked at, how often, and what is made of it."""

from __future__ import annotations

import calendar
import time
from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.kubernetes.fake import FakeApi
from tests.unit.targets.kubernetes.test_podlogs import a_pod
from vitessctl.errors import VitessctlError
from vitessctl.targets.base import State
from vitessctl.targets.kubernetes import faults, kinds
from vitessctl.targets.kubernetes.errorlog import BYTES, READS, ErrorLogs
from vitessctl.targets.kubernetes.interface import Executed

BEGAN = "2026-11-27T09:15:57Z"
START = "2026-11-27T09:15:58.734927Z 0 [System] [MY-010116] [Server] mysqld (mysqld 8.4.8) starting as process 30"
DAMAGE = "2026-11-27T09:15:59.742980Z 1 [ERROR] [MY-011906] [InnoDB] Database page corruption on disk or a failed file"
END = "2026-11-27T09:15:59.850904Z mysqld_safe mysqld from pid file /vt/vtdataroot/vt_0000000100/mysql.pid ended"
STARS = "2026-11-27T09:15:59.000000Z 0 [ERROR] [MY-099999] [Server] The stars are not right."
EARLIER = "2026-11-27T09:15:56.000000Z mysqld_safe mysqld from pid file /vt/vtdataroot/vt_0000000100/mysql.pid ended"


class Scene:
    """Pods whose container mysqld runs and is not ready, and clocks that a test sets."""

    def __init__(self) -> None:
        self.api = FakeApi(namespaces=["prod"])
        self.passed = 0.0
        self.ahead = 0.0
        """By how much our clock is before the nodes'."""
        self.takes = 0.0
        """How long a command takes."""
        self.log: Sequence[str] = ()
        self.asked: list[tuple[str, Sequence[str]]] = []
        self.api.on_execute(self._answer)
        self.lives: dict[str, int] = {}
        self.logs = ErrorLogs(self.api, "prod", "24", lambda: self.passed, self._clock)
        self.make("shop-0")

    def make(self, name: str) -> None:
        """A pod."""
        self.api.put(a_pod(name, "vttablet"))
        self.lives[name] = 1

    def _clock(self) -> float:
        return calendar.timegm(time.strptime(BEGAN, "%Y-%m-%dT%H:%M:%SZ")) + self.passed + self.ahead

    def _answer(self, pod: str, container: str, command: Sequence[str]) -> Executed:
        assert container == "mysqld"
        self.asked.append((pod, command))
        self.passed += self.takes
        return Executed(0, "".join(f"{line}\n" for line in self.log), "")

    def ended(self, name: str = "shop-0", at: float | None = None, **status: Any) -> Any:
        """What is known of a pod after so many seconds."""
        self.passed = self.passed if at is None else at
        state = {"running": {"startedAt": BEGAN}}
        container = {
            "name": "mysqld",
            "ready": False,
            "containerID": f"containerd://{self.lives[name]}",
            "state": state,
        }
        pod = {"metadata": {"name": name}, "status": {"initContainerStatuses": [{**container, **status}]}}
        return self.logs.ended(pod, 100)

    def reads(self, *seconds: float) -> list[float]:
        """At which of these moments the log of the pod was looked at."""
        found = []
        for moment in seconds:
            before = len(self.asked)
            self.ended(at=moment)
            found += [moment] * (len(self.asked) - before)
        return found


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_the_cause_and_what_to_do_on_kubernetes(scene: Scene) -> None:
    scene.log = (EARLIER, START, DAMAGE, END)
    assert scene.ended(at=20) is None, "it may be started again yet"

    verdict = scene.ended(at=25)

    assert verdict.state is State.DOOMED
    assert verdict.reason == "its mysqld has ended: MySQL's data files are damaged or missing"
    assert "vitessctl rebuild ALIAS makes this one anew from it, on a new volume" in verdict.fix
    assert verdict.evidence == (
        "09:15:59 error: [MY-011906] [InnoDB] Database page corruption on disk or a failed file",
    )
    assert verdict.given_up == "containerd://1"
    assert scene.asked[0] == ("shop-0", ("tail", "-c", str(BYTES), "/vt/vtdataroot/vt_0000000100/error.log"))


def test_what_nobody_knows_is_quoted_with_the_way_to_the_log(scene: Scene) -> None:
    scene.log = (START, STARS, END)
    scene.ended(at=20)

    verdict = scene.ended(at=25)

    assert verdict.reason == "its mysqld has ended and said last: [MY-099999] [Server] The stars are not right."
    assert verdict.fix == (
        "Look at its error log: "
        "kubectl -n prod exec shop-0 -c mysqld -- tail -n 100 /vt/vtdataroot/vt_0000000100/error.log"
    )


def test_one_that_has_ended_for_good_is_told_again_without_a_look(scene: Scene) -> None:
    scene.log = (START, DAMAGE, END)

    assert scene.reads(0, 5, 19, 20, 21, 25, 26, 31, 60, 600) == [20, 25]
    assert scene.ended(at=1000).state is State.DOOMED


def test_one_that_is_just_slow_is_looked_at_more_and_more_seldom(scene: Scene) -> None:
    scene.log = (START,)

    assert scene.reads(*range(180)) == [20, 25, 33, 45, 62, 88, 126]
    assert scene.ended() is None


def test_one_that_mysqld_safe_starts_again_has_not_ended(scene: Scene) -> None:
    scene.log = (START, DAMAGE, "2026-11-27T09:15:59Z UTC - mysqld got signal 6 ;")
    scene.ended(at=20)
    scene.log = (*scene.log, "2026-11-27T09:16:01.000000Z mysqld_safe mysqld restarted")

    assert scene.ended(at=25) is None


def test_the_end_of_an_earlier_life_tells_nothing(scene: Scene) -> None:
    scene.log = (EARLIER,)

    assert [scene.ended(at=moment) for moment in (20, 25, 33)] == [None, None, None]


def test_one_that_was_asked_to_end_has_not_given_up(scene: Scene) -> None:
    """As vttablet asks it to, for a backup or a restore: a new pod would leave half of the files."""
    stopped = "2026-11-27T09:15:59.100000Z 0 [System] [MY-010910] [Server] mysqld: Shutdown complete (mysqld 8.4.8)"
    scene.log = (START, stopped, END)
    assert [scene.ended(at=moment) for moment in (20, 25, 33)] == [None, None, None]

    scene.log = (START, "2026-11-27T09:15:59.090000Z 0 [ERROR] [MY-010119] [Server] Aborting", stopped, END)
    assert [scene.ended(at=moment) is None for moment in (45, 50)] == [True, False]


def test_what_was_seen_before_it_was_ready_counts_no_more(scene: Scene) -> None:
    scene.log = (START, DAMAGE, END)
    scene.ended(at=20)
    scene.logs.ready({"metadata": {"name": "shop-0"}})

    assert scene.ended(at=4200) is None, "it has to be seen twice again"
    assert scene.ended(at=4205).state is State.DOOMED


def test_the_page_that_a_damaged_file_has_may_fill_all_that_is_read(scene: Scene) -> None:
    """mysqld writes it out, 48 KiB and more: the line with which its life began is cut off, its end is not."""
    page = "2026-11-27T09:15:59.800000Z len 16384; hex " + "0" * 48 * 1024
    text = "\n".join((START, DAMAGE, *[page] * 6, "2026-11-27T09:15:59.840000Z 0 [ERROR] [MY-012153] full", END))
    scene.log = text[-BYTES:].splitlines()
    assert START not in scene.log

    scene.ended(at=20)

    assert scene.ended(at=25).evidence == ("[MY-012153] full",)


def test_where_the_nodes_clock_is_ahead_what_we_saw_ourselves_counts(scene: Scene) -> None:
    scene.ahead = -3600

    assert scene.reads(0, 19, 20) == [20]


def test_the_next_life_of_one_that_ended_need_not_be_late(scene: Scene) -> None:
    scene.log = (START, DAMAGE, END)
    scene.ended(at=20)
    scene.ended(at=25)
    scene.lives["shop-0"] = 2
    scene.ahead = -31  # it has just begun

    assert scene.reads(30, 34, 36, 41) == [36, 41]
    assert scene.ended(at=42).given_up == "containerd://2"


@pytest.mark.parametrize(
    "status",
    [
        {"state": {"waiting": {"reason": "CrashLoopBackOff"}}},
        {"state": {"terminated": {"exitCode": 1}}},
        {"state": {}},
        {"containerID": ""},
    ],
)
def test_only_a_container_that_runs_is_looked_into(scene: Scene, status: dict[str, Any]) -> None:
    assert scene.ended(at=100, **status) is None
    assert scene.asked == []


def test_of_many_only_a_few_are_looked_into_at_a_time_and_each_has_its_turn(scene: Scene) -> None:
    names = [f"shop-{number}" for number in range(3 * READS)]
    for name in names:
        scene.make(name)
    scene.log = (START,)
    read: list[float] = []
    for moment in range(20, 80):
        before = len(scene.asked)
        for name in names:
            scene.ended(name, at=moment)
        read += [moment] * (len(scene.asked) - before)

    assert max(sum(begin <= each < begin + 5 for each in read) for begin in read) == READS
    assert {name for name, _ in scene.asked} == set(names)


def test_where_reading_is_slow_nobody_waits_for_all_of_it(scene: Scene) -> None:
    scene.takes = 2.0
    for number in range(1, 6):
        scene.make(f"shop-{number}")
    scene.passed = 20.0

    for number in range(6):
        scene.ended(f"shop-{number}")

    assert [name for name, _ in scene.asked] == ["shop-0", "shop-1"]


def test_without_the_right_it_is_tried_once_and_nothing_is_said(scene: Scene) -> None:
    scene.api.deny("create", "pods/exec")
    scene.make("shop-1")

    assert scene.reads(20, 25, 200) == []
    assert scene.ended("shop-1", at=300) is None
    assert [str(each) for each in scene.api.requests] == ["execute Pod/shop-0"]


@pytest.mark.parametrize(
    "fault",
    [
        faults.StreamFailed("run tail", "Pod/shop-0", "it takes longer than 3 s"),
        faults.NotThere("Pod/shop-0"),
        faults.Unreachable("https://api", "refused"),
    ],
)
def test_where_it_cannot_be_read_it_is_tried_again_much_later(scene: Scene, fault: VitessctlError) -> None:
    scene.log = (START, DAMAGE, END)
    scene.api.on("execute", kinds.POD, fault)

    assert scene.reads(20, 25, 79, 80, 85) == [80, 85]
    assert scene.ended().state is State.DOOMED
