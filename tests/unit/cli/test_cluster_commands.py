"""up, status and down, on a machine that is a world in memory: what they print, how they end, what they leave."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.expected import check
from tests.support.world import World
from tests.support.world.target import WorldTarget
from tests.support.world.world import Times
from tests.unit.cli.conftest import MINIMAL, Cli, Machine, Result
from vitessctl.errors import LockedError, UnreachableError
from vitessctl.status import observe
from vitessctl.targets.base import Verdict

SCREENS = Path(__file__).parent / "screens"
FIRST = "zone1-0000000100"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observe, "ON_ITS_WAY_SECONDS", 0.0)


@pytest.fixture
def here(cli: Cli) -> Callable[..., Result]:
    """A command about `messages`, in a folder that holds its cluster.yaml."""
    Path("cluster.yaml").write_text((MINIMAL / "cluster.yaml").read_text())
    return lambda *words: cli(words[0], "--rehearse", *words[1:])


def test_up_ends_with_the_lines_to_go_on_with(cli: Cli, machine: Machine, here: Callable[..., Result]) -> None:
    result = here("up")

    assert (result.code, result.err) == (0, "")
    check(result.out, SCREENS / "up.txt")


def test_the_lines_to_go_on_with_can_be_typed(machine: Machine, here: Callable[..., Result], cli: Cli) -> None:
    up = here("up")
    typed = [line.partition("vitessctl ")[2].split() for line in up.lines if "  vitessctl " in line]
    assert [words[0] for words in typed] == ["status", "down"]

    for words in typed:
        assert cli(*words).code == 0


def test_they_name_the_inventory_if_one_was_named(cli: Cli, machine: Machine) -> None:
    result = cli("up", "-i", str(MINIMAL), "--local")

    assert f"look at it:       vitessctl status -i {MINIMAL} --local" in result.lines
    assert f"stop it:          vitessctl down -i {MINIMAL} --local" in result.lines


@pytest.mark.parametrize(
    ("extra", "shown"),
    [
        ("local.base_port=15000", "-e local.base_port=15000"),
        ("vars.password=hunter2secret", "-e vars.password=…"),
        ('{"vars": {"password": "hunter2secret"}}', "-e …"),
        ("{vars: {password: hunter2secret}}", "-e …"),
        ("@vars.yaml", "-e @vars.yaml"),
    ],
)
def test_they_name_what_was_overridden_but_no_secret_of_it(
    machine: Machine, here: Callable[..., Result], extra: str, shown: str
) -> None:
    Path("vars.yaml").write_text("vars: {password: hunter2secret}")

    result = here("up", "-e", extra)

    assert (result.code, result.err) == (0, "")
    last = result.lines[-1].replace("'", "")
    assert last == f"stop it:          vitessctl down --rehearse {shown}"
    assert "hunter2secret" not in result.out


def test_with_users_the_client_is_told_to_ask_for_a_password(
    cli: Cli, machine: Machine, inventory: Callable[[str], Path]
) -> None:
    text = (MINIMAL / "cluster.yaml").read_text() + "\nusers: [{name: app, password: hunter2secret}]\n"

    result = cli("up", "-i", str(inventory(text)), "--rehearse")

    assert result.code == 0
    assert "connect (zone1):  mysql -h 127.0.0.1 -P 15301 -u app -p" in result.lines
    assert "hunter2secret" not in result.out + result.err


def test_a_second_up_says_that_nothing_changed(machine: Machine, here: Callable[..., Result]) -> None:
    here("up")
    writes = list(machine.session.writes)

    result = here("up")

    assert result.code == 0
    assert "Nothing changed." in result.lines
    assert machine.session.writes == writes


def test_up_as_json_lines(machine: Machine, here: Callable[..., Result]) -> None:
    result = here("up", "--output", "json")

    lines = [json.loads(line) for line in result.lines]
    assert result.code == 0
    assert [lines[0]["type"], lines[1]["type"], lines[-1]["type"]] == ["version", "run_started", "run_ended"]
    assert lines[1]["target"] == "rehearsal"
    assert lines[-1]["ok"]


def test_up_that_cannot_end_well_is_3(machine: Machine, here: Callable[..., Result]) -> None:
    machine.world.doomed["etcd", "etcd-0"] = Verdict.doomed("its disk is full", "Make room.", ("no space left",))

    result = here("up")

    assert result.code == 3
    assert "etcd         failed" in result.out
    assert result.err.splitlines() == [
        "minimal: etcd cannot come up",
        "  why: etcd-0: its disk is full",
        "  | no space left",
        "  fix: Make room.",
    ]
    assert "connect (zone1)" not in result.out


def test_up_that_cannot_end_well_as_json(machine: Machine, here: Callable[..., Result]) -> None:
    machine.world.times = Times(mysql_initialisation=1e9)

    result = here("up", "--output", "json", "-e", "timeouts.mysql=3s")

    assert (result.code, result.err) == (3, "")
    lines = [json.loads(line) for line in result.lines]
    assert [line["type"] for line in lines][-2:] == ["run_ended", "error"]
    assert lines[-1]["what"] == "mysql was not ready within 3 s"
    assert lines[-1]["exit_code"] == 3


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnreachableError("supervisord does not answer", why="no socket", fix="look at its log"), 4),
        (LockedError("another run is changing this cluster", why="process 7 holds the lock", fix="wait"), 6),
        (KeyboardInterrupt(), 130),
    ],
    ids=["unreachable", "locked", "interrupted"],
)
@pytest.mark.parametrize("output", ["text", "json"])
def test_errors_before_the_first_write(
    machine: Machine,
    here: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    output: str,
) -> None:
    def refuse(self: WorldTarget, documents: Any) -> None:
        raise error

    monkeypatch.setattr(WorldTarget, "preflight", refuse)

    result = here("up", "--output", output)

    assert result.code == code
    assert machine.session.writes == []
    if output == "json":
        assert json.loads(result.lines[-1])["exit_code"] == code
        assert result.err == ""
    else:
        assert "Traceback" not in result.err
        assert result.err.startswith(str(getattr(error, "what", "interrupted")))


@pytest.mark.parametrize("output", ["text", "json"])
def test_a_bug_is_1_with_a_report_and_without_secrets(
    machine: Machine, here: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, output: str
) -> None:
    def break_down(self: WorldTarget, documents: Any) -> None:
        raise RuntimeError("cannot use hunter2secret")

    monkeypatch.setattr(WorldTarget, "preflight", break_down)

    result = here("up", "--output", output, "-e", "vars.password=hunter2secret")

    said = result.err if output == "text" else result.lines[-1]
    assert result.code == 1
    assert "vitessctl has a bug: RuntimeError: cannot use …" in said
    assert "Traceback" not in result.out + result.err
    (report,) = tmp_path.glob("vitessctl-report-*.txt")
    assert str(report) in said
    assert "Traceback (most recent call last):" in report.read_text()
    assert "hunter2secret" not in report.read_text() + result.out + result.err


def test_a_bug_shows_its_traceback_if_asked(
    machine: Machine, here: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(self: WorldTarget, documents: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(WorldTarget, "preflight", break_down)

    with pytest.raises(RuntimeError, match="broken"):
        here("up", "-vvv")


def test_a_report_that_cannot_be_written_is_no_traceback_either(
    machine: Machine, here: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(self: WorldTarget, documents: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(WorldTarget, "preflight", break_down)
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")

    result = here("up")

    assert result.code == 1
    assert "why: what happened could not be written down: " in result.err


# status


def test_status_of_a_healthy_cluster(machine: Machine, here: Callable[..., Result]) -> None:
    here("up")

    result = here("status")

    assert (result.code, result.err) == (0, "")
    assert result.lines[1] == "minimal (rehearsal): ready"


def test_status_as_json(machine: Machine, here: Callable[..., Result]) -> None:
    here("up")

    result = here("status", "--output", "json")

    data = json.loads(result.out)
    assert result.code == 0
    assert (data["cluster"], data["target"], data["ready"]) == ("minimal", "rehearsal", True)
    assert data["vtgate"] == [
        {"cell": "zone1", "mysql": "127.0.0.1:15301", "grpc": "127.0.0.1:15201", "http": "127.0.0.1:15101"}
    ]


@pytest.mark.parametrize("output", ["text", "json"])
def test_status_of_what_is_not_ready_is_3_and_no_error(
    machine: Machine, here: Callable[..., Result], output: str
) -> None:
    here("up")
    machine.world.kill_tablet(FIRST, back_in=1e9)

    result = here("status", "--output", output)

    assert (result.code, result.err) == (3, "")
    if output == "json":
        assert json.loads(result.out)["ready"] is False
    else:
        assert f"error    {FIRST}: its record is in the topology, its process is BACKOFF" in result.lines


def test_status_writes_nothing(machine: Machine, here: Callable[..., Result]) -> None:
    here("status")

    assert machine.session.writes == []


# down


def test_down_says_what_it_keeps(machine: Machine, here: Callable[..., Result]) -> None:
    here("up")

    result = here("down")

    assert (result.code, result.err) == (0, "")
    check(result.out, SCREENS / "down.txt")
    assert machine.world.processes == {}
    assert machine.world.mysqlds[FIRST].initialised


def test_down_and_up_keeps_rows(machine: Machine, here: Callable[..., Result]) -> None:
    here("up")
    rows = machine.world.write_rows(10)

    assert here("down").code == here("up").code == 0

    assert all(rows <= mysqld.executed for mysqld in machine.world.mysqlds.values())


@pytest.mark.parametrize("name", ["wrong", "Minimal", "minimal ", "", "messages"])
def test_data_is_deleted_only_under_the_clusters_name(machine: Machine, here: Callable[..., Result], name: str) -> None:
    here("up")
    writes = list(machine.session.writes)

    result = here("down", "--delete-data", name)

    assert result.code == 5
    assert result.err.splitlines() == [
        f"minimal: --delete-data {name} is not this cluster's name, so nothing was done",
        "  why: all rows of the cluster would be gone, so it wants its name written out",
        "  fix: --delete-data minimal",
    ]
    assert machine.session.writes == writes
    assert machine.world.up("vtgate", "zone1")


def test_data_is_deleted_under_its_name(machine: Machine, here: Callable[..., Result]) -> None:
    here("up")

    result = here("down", "--delete-data", "minimal")

    assert result.code == 0
    assert [line for line in result.lines if line.startswith("deleted: ")] == [
        f"deleted: zone1-000000010{number}" for number in range(3)
    ]
    assert not any(line.startswith(("kept: ", "to delete")) for line in result.lines)
    assert machine.world.mysqlds == {}


def test_down_as_json_lines(machine: Machine, here: Callable[..., Result]) -> None:
    here("up")

    lines = [json.loads(line) for line in here("down", "--output", "json").lines]

    assert [line["type"] for line in lines][-1] == "run_ended"
    assert [line["stage"] for line in lines if line["type"] == "stage_stopped"] == [
        *("vtgate", "vtorc", "tablets", "mysql", "vtctld", "etcd")
    ]


def test_down_of_what_is_down(machine: Machine, here: Callable[..., Result]) -> None:
    result = here("down")

    assert result.code == 0
    assert "Nothing changed." in result.lines


def test_the_worlds_of_these_tests_are_empty_at_first(machine: Machine) -> None:
    assert isinstance(machine.world, World)
    assert machine.world.processes == {}


# status --watch


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch, machine: Machine) -> list[float]:
    """The pauses of a watch; something happens in each, and Ctrl-C in the fourth."""
    taken: list[float] = []

    def pause(seconds: float) -> None:
        taken.append(seconds)
        if len(taken) == 2:
            machine.world.kill("vtorc", "zone1", back_in=1e9)
        if len(taken) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr("vitessctl.cli.status.sleep", pause)
    return taken


def test_a_watch_on_a_pipe_prints_what_is_new_and_ends_with_0(here: Callable[..., Result], pauses: list[float]) -> None:
    here("up")

    result = here("status", "--watch", "7")

    assert (result.code, result.err, pauses) == (0, "", [7.0] * 4)
    health = [line for line in result.lines if line.startswith("minimal (rehearsal)")]
    assert health == ["minimal (rehearsal): ready", "minimal (rehearsal): NOT READY: 1 error"]


def test_a_watch_as_json_is_one_object_a_line_for_each_look(here: Callable[..., Result], pauses: list[float]) -> None:
    here("up")

    result = here("status", "-w", "--output", "json")

    looks = [json.loads(line) for line in result.lines]
    assert [look["ready"] for look in looks] == [True, True, False, False]
    assert looks[-1]["findings"][0]["id"] == "component-down"
    assert pauses == [2.0] * 4


def test_a_watch_goes_on_when_nothing_can_be_asked_for_a_while(
    here: Callable[..., Result], pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    here("up")
    components = WorldTarget.components

    def away(target: WorldTarget) -> Any:
        if len(pauses) == 1:
            raise UnreachableError("the API server does not answer", fix="wait")
        return components(target)

    monkeypatch.setattr(WorldTarget, "components", away)

    result = here("status", "--watch")

    assert result.code == 0
    assert result.err.splitlines() == ["the API server does not answer", "  fix: wait"]
    assert "minimal (rehearsal): NOT READY: 1 error" in result.lines


def test_a_cluster_that_cannot_be_asked_at_all_is_no_watch(
    here: Callable[..., Result], pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(target: WorldTarget) -> Any:
        raise UnreachableError("the API server does not answer", fix="wait")

    monkeypatch.setattr(WorldTarget, "components", away)

    assert here("status", "--watch").code == 4


def test_seconds_without_watch_are_a_mistake(here: Callable[..., Result]) -> None:
    result = here("status", "5")

    assert result.code == 5
    assert "say --watch 5 to look every 5 seconds" in result.err


def test_a_lag_is_a_warning_from_where_the_person_says(machine: Machine, here: Callable[..., Result]) -> None:
    here("up")

    result = here("status", "--max-lag", "0", "--output", "json")

    assert result.code == 0
    assert [each["id"] for each in json.loads(result.out)["findings"]] == ["lagging"] * 2
