"""How every command answers programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import typer

from vitessctl.cli.options import Output

Thing = TypeVar("Thing")


def print_json(data: Mapping[str, Any]) -> None:
    """One object on a line of its own."""
    import json

    typer.echo(json.dumps(data, ensure_ascii=False))


def print_as(
    output: Output,
    thing: Thing,
    data: Callable[[Thing], Mapping[str, Any]],
    lines: Callable[[Thing], Iterable[str]],
) -> None:
    """A thing as JSON for a program, or as lines for a person."""
    if output is Output.json:
        print_json(data(thing))
        return
    for line in lines(thing):
        typer.echo(line)
