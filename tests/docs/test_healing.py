"""docs/healing.md: its screens are what is printed."""

from __future__ import annotations

import re

import pytest

from tests.support.live import REPOSITORY
from tests.support.world import a_cluster, open_world
from tests.unit.heal.worlds import SECOND, seen_in
from tests.unit.report.test_replication import replication
from vitessctl import releases
from vitessctl.heal.choice import choose
from vitessctl.plan.safety import Danger
from vitessctl.report.reparent import choice_lines
from vitessctl.report.replication import HEADER, print_replication
from vitessctl.report.screen import console
from vitessctl.status import observe

PAGE = (REPOSITORY / "docs" / "healing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
SCREENS = [text for language, text in BLOCKS if not language]


@pytest.fixture(autouse=True)
def _pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setattr(observe, "ON_ITS_WAY_SECONDS", 0.0)


def test_the_screen_of_replication(capsys: pytest.CaptureFixture[str]) -> None:
    print_replication(
        replication({"mysql": [SECOND, {"io_running": False, "sql_running": False}]}, {"write_rows": 3}), console()
    )

    assert capsys.readouterr().out == SCREENS[0]


def test_every_column_that_is_explained_is_there() -> None:
    table = PAGE.partition("## Making another tablet primary")[0]
    rows = re.findall(r"^\| ([a-z][a-z, -]*) \|", table, flags=re.MULTILINE)
    explained = [name for row in rows for name in row.split(", ")]

    assert set(explained) - {"column"} <= set(HEADER)
    assert len(explained) > 5


def test_the_screen_of_reparent() -> None:
    world, cluster = open_world(), a_cluster()

    lines = choice_lines(choose(seen_in(world, cluster), releases.get("24")))

    assert "".join(f"{line}\n" for line in lines) == SCREENS[1]


def test_every_danger_of_a_reparent_is_explained() -> None:
    words = set(re.findall(r"^\| `([a-z][a-z-]+)` \|", PAGE, flags=re.MULTILINE))

    assert words == {Danger.data_loss.value, Danger.living_primary.value}
