"""Options that belong together, as one parameter of a command."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Annotated, Optional

import pytest
import typer
from typer.testing import CliRunner

from vitessctl.cli.grouped import grouped
from vitessctl.cli.main import app
from vitessctl.cli.session import SpecOptions, Where


@dataclass(frozen=True)
class Place:
    """Where something is."""

    street: Annotated[Optional[str], typer.Option("--street", help="Its street.")] = None  # noqa: UP045
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="Its number.")] = 1


@grouped
def visit(
    who: Annotated[str, typer.Argument(help="Whom.")] = "nobody",
    place: Place = Place(),
    twice: Annotated[bool, typer.Option("--twice", help="Come again.")] = False,
) -> None:
    """Visit somebody."""
    typer.echo(f"{who} in {place.street}, {place.number}{', twice' if twice else ''}")


@pytest.fixture(name="program")
def _program() -> typer.Typer:
    program = typer.Typer(rich_markup_mode=None)
    program.command()(visit)
    return program


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "nobody in None, 1\n"),
        ("Ann --street Elm --number 3", "Ann in Elm, 3\n"),
        ("-n 7 --twice Bob", "Bob in None, 7, twice\n"),
    ],
)
def test_its_fields_are_options_of_the_command(program: typer.Typer, line: str, said: str) -> None:
    assert CliRunner().invoke(program, line.split()).output == said


def test_what_an_option_refuses_is_refused(program: typer.Typer) -> None:
    ran = CliRunner().invoke(program, ["--number", "0"])

    assert ran.exit_code == 2
    assert "--number" in ran.output


def test_the_help_shows_them_where_the_group_stands(program: typer.Typer) -> None:
    text = CliRunner().invoke(program, ["--help"]).output

    assert text.index("--street") < text.index("--number") < text.index("--twice")
    assert "Visit somebody." in text
    assert "--place" not in text


def test_from_python_its_fields_are_given_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    visit(who="Cy", street="Oak")

    assert capsys.readouterr().out == "Cy in Oak, 1\n"


def test_every_command_that_takes_a_cluster_takes_all_that_names_it() -> None:
    names = {*inspect.signature(SpecOptions).parameters, *inspect.signature(Where).parameters}
    lacking = {
        command.name: sorted(names - set(own))
        for command in app.registered_commands
        if command.callback and (own := inspect.signature(command.callback).parameters) and "rehearse" in own
        and not names <= set(own)
    }  # fmt: skip

    assert lacking == {}
