"""docs/errors.md and docs/exit-codes.md."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.docs.test_spec import EXAMPLES
from tests.support.live import REPOSITORY
from tests.unit.cli.conftest import Cli, cli
from vitessctl.errors import ExitCode

__all__ = ["cli"]
PAGE = (REPOSITORY / "docs" / "errors.md").read_text(encoding="utf-8")
CODES = (REPOSITORY / "docs" / "exit-codes.md").read_text(encoding="utf-8")


def test_the_example_is_what_is_printed(cli: Cli) -> None:
    Path("cluster.yaml").write_text(EXAMPLES[0] + "keyspace: {}\n", encoding="utf-8")

    result = cli("validate")

    assert result.err == re.findall(r"```\n(.*?)```", PAGE, flags=re.DOTALL)[0]
    assert (result.code, result.out) == (5, "")


def test_the_fields_of_an_error_as_json(cli: Cli) -> None:
    data = json.loads(cli("down", "--output", "json", "-i", "nowhere").out)
    (error,) = data["errors"]

    assert list(error) == re.findall(r'"(\w+)": (?:…|\[…\]|5|"error")', PAGE.replace('"errors": […]', ""))


def test_all_errors_of_a_spec_come_at_once(cli: Cli) -> None:
    Path("cluster.yaml").write_text(EXAMPLES[0] + "keyspace: {}\nnamespace: A B\n", encoding="utf-8")

    assert cli("validate").lines == []
    assert cli("validate").err.endswith("2 errors in the spec\n")


def test_a_password_is_in_no_error(cli: Cli) -> None:
    Path("cluster.yaml").write_text(EXAMPLES[0] + "users: [{name: app, password: [s3cret]}]\n", encoding="utf-8")

    assert "users[0].password" in cli("validate").err
    assert "s3cret" not in cli("validate").err


def test_every_exit_code_is_on_the_page() -> None:
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", CODES, flags=re.MULTILINE)] == [int(c) for c in ExitCode]


def test_every_link_leads_somewhere() -> None:
    for page in [*(REPOSITORY / "docs").glob("*.md"), REPOSITORY / "README.md"]:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_what_images_refuse_is_said_in_these_words() -> None:
    """Of each sentence of the table the part that does not depend on the case is in the code."""
    table = PAGE.partition("## What images refuse")[2]
    said = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", table, flags=re.MULTILINE)[2:]
    code = " ".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "vitessctl" / "probe").glob("*.py"))
    constant = (
        "and the spec is for",
        "has no flag",
        "as the value of",
        "cannot manage MySQL",
        "could not be run to ask",
    )

    assert len(said) == 7
    for sentence in said:
        assert any(words in sentence and words in code for words in (*constant, "--help lists no flag")), sentence
