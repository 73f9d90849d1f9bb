"""`vitessctl status`: what is there, beside what the spec wants."""

from __future__ import annotations

import typer

from vitessctl.cli import options
from vitessctl.cli.session import SpecOptions, context_of, documents_of, load_cluster, open_target, target_name
from vitessctl.errors import ExitCode

EXAMPLE = "Example:  vitessctl status -i inventories/minimal --output json"


def command(
    inventory: options.Inventory = None,
    extra_vars: options.ExtraVars = None,
    image: options.Images = None,
    local: options.OnThisMachine = False,
    rehearse: options.Rehearse = False,
    state_dir: options.StateDir = None,
    output: options.OutputFormat = options.Output.text,
    verbose: options.Verbose = 0,
) -> None:
    """Show components, shards, tablets and addresses, and where they differ from the spec. Exit code 3: not ready."""
    from vitessctl.report.status import print_status, status_data
    from vitessctl.status.judge import judge
    from vitessctl.status.observe import observe

    spec_options = SpecOptions(inventory, extra_vars or (), image or ())
    cluster = load_cluster(spec_options)
    target = open_target(cluster, target_name(local, rehearse), state_dir)
    documents = documents_of(cluster, target.name, spec_options)
    observed = observe(context_of(cluster, target, documents))
    status = judge(cluster, target.name, observed, lambda *place: str(target.address(*place)))
    if output is options.Output.json:
        import json

        typer.echo(json.dumps(status_data(status), ensure_ascii=False))
    else:
        from vitessctl.report.screen import console

        print_status(status, console())
    if not status.ready:
        raise typer.Exit(int(ExitCode.NOT_READY))
