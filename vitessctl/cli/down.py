"""`vitessctl down`: stop everything, and keep the data unless told otherwise."""

from __future__ import annotations

import threading
from typing import Annotated, Optional

import typer

from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.session import SpecOptions, Where, documents_of, load_for, open_target
from vitessctl.errors import UsageError

EXAMPLE = "Example:  vitessctl down -i inventories/minimal --delete-data minimal"


@grouped
def command(
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    delete_data: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--delete-data", metavar="NAME", help="Also delete all data; give the cluster's name."),
    ] = None,
    output: options.OutputFormat = options.Output.text,
    yes: options.Yes = False,
    verbose: options.Verbose = 0,
) -> None:
    """Stop everything in reverse order. Data is kept unless --delete-data gives the cluster's name."""
    from vitessctl.cli.up import listener_of
    from vitessctl.run.stop import stop_all

    cluster, name = load_for(spec_options, where)
    if delete_data is not None and delete_data != cluster.name:
        raise UsageError(
            f"--delete-data {delete_data} is not this cluster's name, so nothing was done",
            where=cluster.name,
            why="all rows of the cluster would be gone, so it wants its name written out",
            fix=f"--delete-data {cluster.name}",
        )
    with open_target(cluster, name, where) as target:
        from vitessctl.run.events import RunStarted
        from vitessctl.targets.base import Run

        documents = documents_of(cluster, target.name, spec_options)
        run = Run("down", documents, listener_of(output, verbose), threading.Event())
        run.listener(RunStarted(0.0, "down", cluster.name, target.name))
        with target.changing(run) as listener:
            stop_all(target, documents, listener)
            removed = target.delete_data() if delete_data is not None else ()
        kept = target.kept() if delete_data is None else ()
    if output is options.Output.text:
        typer.echo("")
        for name in removed:
            typer.echo(f"deleted: {name}")
        if delete_data is None:
            for name in kept:
                typer.echo(f"kept: {name}")
            typer.echo(f"to delete the data too: add --delete-data {cluster.name}")
