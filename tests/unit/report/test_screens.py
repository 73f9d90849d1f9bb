"""Whole screens, as a pipe of 80 columns gets them. Each is a file in screens/."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.expected import check
from tests.support.world import World, a_cluster, context_of, down, open_world, up
from tests.support.world.world import Times
from tests.unit.status.looks import look
from vitessctl.errors import VitessctlError
from vitessctl.model.cluster import Cluster, Timeouts
from vitessctl.report.failure import failure_lines
from vitessctl.report.screen import Screen, console
from vitessctl.report.status import print_status
from vitessctl.run import events
from vitessctl.status import observe
from vitessctl.targets.base import Verdict

SCREENS = Path(__file__).parent / "screens"
SHARDED = a_cluster(
    "shop",
    cells=("zone1", "zone2"),
    keyspaces={"product": {"durability": "none", "replicas": 1}, "customer": {"shards": ["-80", "80-"], "rdonly": 1}},
)


@pytest.fixture(autouse=True)
def _pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setattr(observe, "ON_ITS_WAY_SECONDS", 0.0)


def show_up(world: World, cluster: Cluster | None = None, verbose: int = 0) -> None:
    """What `vitessctl up` prints for a run, and for its error."""
    screen = Screen(console(), verbose)
    cluster = cluster or a_cluster()
    screen(events.RunStarted(0.0, "up", cluster.name, "rehearsal"))
    outcome = up(world, cluster, listener=screen)
    if isinstance(outcome.error, VitessctlError):
        print(*failure_lines(outcome.error), sep="\n")  # noqa: T201


def first_up() -> None:
    show_up(World())


def first_up_of_two_cells() -> None:
    show_up(World(), SHARDED)


def second_up() -> None:
    show_up(open_world())


def second_up_verbose() -> None:
    show_up(open_world(), verbose=1)


def up_that_waits_in_vain() -> None:
    world = World(times=Times(mysql_initialisation=1000))
    world.logs["mysqlctld", "zone1-0000000100"] = ["Initializing mysqld", "waiting for mysqld socket file to appear"]
    show_up(world, a_cluster(timeouts=Timeouts(default=25)))


def up_that_is_doomed() -> None:
    world = World()
    world.doomed["vttablet", "zone1-0000000101"] = Verdict.doomed(
        "it ended 3 times with exit code 1: unknown flag: --no-such-flag",
        "Remove no-such-flag from extra_flags.vttablet in cluster.yaml.",
        ("Usage of vttablet:", "unknown flag: --no-such-flag"),
    )
    show_up(world)


def up_after_the_primary_lost_its_data() -> None:
    world = open_world()
    world.write_rows(10)
    down(world)
    world.mysqlds["zone1-0000000100"].lose_everything()
    world.now = 0.0
    show_up(world)


def screen_of_down() -> None:
    cluster = a_cluster()
    screen = Screen(console())
    screen(events.RunStarted(0.0, "down", cluster.name, "rehearsal"))
    for event in down(open_world(cluster), cluster):
        screen(event)


def status_healthy() -> None:
    print_status(look(open_world()), console())


def status_of_two_cells() -> None:
    print_status(look(open_world(SHARDED), SHARDED), console())


def status_broken() -> None:
    world = open_world()
    world.kill_tablet("zone1-0000000102", back_in=1e9)
    world.mysqlds["zone1-0000000101"].stuck = True
    world.write_rows(7)
    print_status(look(world), console())


def status_never_started() -> None:
    print_status(look(World()), console())


SHOWN: list[Callable[[], None]] = [
    first_up,
    first_up_of_two_cells,
    second_up,
    second_up_verbose,
    up_that_waits_in_vain,
    up_that_is_doomed,
    up_after_the_primary_lost_its_data,
    screen_of_down,
    status_healthy,
    status_of_two_cells,
    status_broken,
    status_never_started,
]


@pytest.mark.parametrize("show", SHOWN, ids=lambda show: show.__name__)
def test_screen(show: Callable[[], None], capsys: pytest.CaptureFixture[str]) -> None:
    show()

    check(capsys.readouterr().out, SCREENS / f"{show.__name__}.txt")


@pytest.mark.parametrize("show", SHOWN, ids=lambda show: show.__name__)
def test_a_pipe_gets_no_control_characters(show: Callable[[], None], capsys: pytest.CaptureFixture[str]) -> None:
    show()

    assert not [character for character in capsys.readouterr().out if ord(character) < 32 and character != "\n"]


def test_every_screen_in_the_folder_is_shown() -> None:
    assert {path.stem for path in SCREENS.glob("*.txt")} == {show.__name__ for show in SHOWN}


def test_every_screen_of_a_rehearsal_says_so() -> None:
    banner = "REHEARSAL: stand-in servers, neither Vitess nor MySQL. Nothing here proves that Vitess works.\n"
    for path in SCREENS.glob("*.txt"):
        assert path.read_text(encoding="utf-8").startswith(banner), path.name


def test_real_servers_are_not_called_a_rehearsal(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(console())
    screen(events.RunStarted(0.0, "up", "guestbook", "local"))

    assert capsys.readouterr().out == "up guestbook (local)\n"


def test_the_target_is_named_by_the_context() -> None:
    assert context_of(World(), a_cluster(), target="local").target.name == "local"
