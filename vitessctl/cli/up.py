"""`vitessctl up`: bring the cluster up, or on from where it stands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from vitessctl.cli import options
from vitessctl.cli.session import SpecOptions, Where, context_of, documents_of, load_for, open_target

if TYPE_CHECKING:
    from vitessctl.run.events import Listener

EXAMPLE = "Example:  vitessctl up -i inventories/minimal --rehearse"


def command(
    inventory: options.Inventory = None,
    extra_vars: options.ExtraVars = None,
    image: options.Images = None,
    local: options.OnThisMachine = False,
    rehearse: options.Rehearse = False,
    context: options.KubernetesContext = "",
    state_dir: options.StateDir = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Also stop what is not in the spec any more; its data stays.")
    ] = False,
    output: options.OutputFormat = options.Output.text,
    yes: options.Yes = False,
    verbose: options.Verbose = 0,
) -> None:
    """Bring the cluster up in order, waiting for each part. Safe to run again: it changes just what differs."""
    where = Where(local, rehearse, state_dir, context)
    spec_options = SpecOptions(inventory, extra_vars or (), image or ())
    cluster, name = load_for(spec_options, where, new=True)
    documents = documents_of(cluster, name, spec_options)
    with open_target(cluster, name, where) as target, target.lock("up"):
        from vitessctl.run.engine import Engine
        from vitessctl.run.events import RunStarted
        from vitessctl.run.stages import STAGES
        from vitessctl.run.surplus import name_surplus

        listener = listener_of(output, verbose)
        listener(RunStarted(0.0, "up", cluster.name, name))
        target.preflight(documents)
        run = context_of(cluster, target, documents, prune)
        if not prune:
            name_surplus(run, listener)
        Engine(run, STAGES, listener).run()
        if output is options.Output.text:
            from vitessctl.cli.next_steps import next_steps

            for line in next_steps(cluster, target, spec_options, where):
                typer.echo(line)


def listener_of(output: options.Output, verbose: int) -> Listener:
    """The reader of events that the person asked for."""
    if output is options.Output.json:
        from vitessctl.report.jsonlines import JsonLines

        return JsonLines(sys.stdout)
    from vitessctl.report.screen import Screen, console

    return Screen(console(), verbose)
