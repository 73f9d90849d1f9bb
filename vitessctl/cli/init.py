"""`vitessctl init`: a first inventory to edit."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from vitessctl.cli import options
from vitessctl.cli.files import write
from vitessctl.errors import UsageError

EXAMPLE = "Example:  vitessctl init my-cluster --profile minimal"


class Profile(str, Enum):
    """How much of a cluster to begin with."""

    minimal = "minimal"
    production = "production"


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; it must not hold a spec yet.")],
    release: Annotated[str, typer.Option(help="The release of Vitess.")] = "24",
    profile: Annotated[Profile, typer.Option(help="What to begin with.")] = Profile.minimal,
    verbose: options.Verbose = 0,
) -> None:
    """Write an inventory: a commented cluster.yaml, with the schema line that editors understand."""
    from vitessctl.spec.scaffold import files

    contents = files(profile.value, release)
    there = [name for name in contents if (folder / name).exists()]
    if there:
        raise UsageError(
            f"{folder} already holds {', '.join(there)}",
            why="init never overwrites what is there",
            fix="choose another folder, or edit the cluster.yaml that is there",
        )
    for name, text in contents.items():
        write(folder / name, text)
        typer.echo(f"wrote {folder / name}")
    typer.echo(f"next:  vitessctl validate -i {folder}  &&  vitessctl up -i {folder} --rehearse")
