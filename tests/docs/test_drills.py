"""docs/drills.md: its tables, its commands and its screen are what the program has."""

from __future__ import annotations

import re
import shlex

import pytest
import yaml

from tests.support.live import REPOSITORY
from tests.unit.report.test_drill import WELL
from vitessctl.drills import clients, conduct, outcomes, wanted
from vitessctl.drills.catalogue import DRILLS
from vitessctl.drills.names import Name
from vitessctl.report.drill import report_lines
from vitessctl.spec import load

PAGE = (REPOSITORY / "docs" / "drills.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
COMMANDS = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines()]
ROWS = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in PAGE.splitlines() if line[:3] == "| `"]


def test_the_table_says_what_each_drill_does() -> None:
    table = {row[0].strip("`"): row[1:] for row in ROWS if len(row) == 3}

    assert table == {
        name.value: (drill.sentence("kubernetes"), drill.sentence("local")) for name, drill in DRILLS.items()
    }


def test_every_drill_of_one_machine_was_measured() -> None:
    assert {row[0].strip("`") for row in ROWS if len(row) == 5} == {name.value for name in Name} - {"drain-node"}


def test_the_screen() -> None:
    (screen,) = (text for language, text in BLOCKS if not language)

    assert "".join(f"{line}\n" for line in list(report_lines(WELL))[1:]) == screen


@pytest.mark.parametrize("line", COMMANDS)
def test_its_commands_name_drills_and_inventories_that_there_are(line: str) -> None:
    words = shlex.split(line, comments=True)

    assert words[:2] == ["vitessctl", "drill"]
    assert Name(words[2])
    spec = load(REPOSITORY / words[words.index("-i") + 1], ["drills=allowed"], [], {})
    shards = words[words.index("--keyspace") + 1].split("/")[0] if "--keyspace" in words else ""
    assert not shards or shards in spec.data["keyspaces"]


def test_the_field_is_the_specs() -> None:
    (text,) = (text for language, text in BLOCKS if language == "yaml")

    assert yaml.safe_load(text) == {"drills": "allowed"}


def test_its_numbers_are_those_of_the_program() -> None:
    assert f"every {clients.EVERY_SECONDS:g} s" in PAGE
    assert f"A client waits {clients.ANSWER_SECONDS:g} s for an answer" in PAGE
    assert f"nothing for more than {outcomes.SLOW_SECONDS:g} s" in PAGE
    assert f"had {conduct.COPY_SECONDS:g} s to copy" in PAGE
    assert conduct.LOOKS == 2
    assert f"`{wanted.TABLE}_`" in PAGE
