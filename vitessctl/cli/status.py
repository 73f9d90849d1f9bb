"""`vitessctl status`: what is there, beside what the spec wants."""

from __future__ import annotations

import typer

from vitessctl.cli import options
from vitessctl.cli.printing import print_json
from vitessctl.cli.session import SpecOptions, Where, context_of, documents_of, load_for, open_target
from vitessctl.errors import ExitCode

EXAMPLE = "Example:  vitessctl status -i inventories/minimal --output json"


def command(
    inventory: options.Inventory = None,
    extra_vars: options.ExtraVars = None,
    image: options.Images = None,
    local: options.OnThisMachine = False,
    rehearse: options.Rehearse = False,
    context: options.KubernetesContext = "",
    state_dir: options.StateDir = None,
    output: options.OutputFormat = options.Output.text,
    verbose: options.Verbose = 0,
) -> None:
    """Show components, shards, tablets and addresses, and where they differ from the spec. Exit code 3: not ready."""
    from vitessctl.report.status import print_status, status_data
    from vitessctl.status.judge import judge
    from vitessctl.status.observe import observe

    spec_options = SpecOptions(inventory, extra_vars or (), image or ())
    where = Where(local, rehearse, state_dir, context)
    cluster, name = load_for(spec_options, where)
    with open_target(cluster, name, where) as target:
        documents = documents_of(cluster, target.name, spec_options)
        observed = observe(context_of(cluster, target, documents))
        status = judge(cluster, target.name, observed, target.published)
    if output is options.Output.json:
        print_json(status_data(status))
    else:
        from vitessctl.report.screen import console

        print_status(status, console())
    if not status.ready:
        raise typer.Exit(int(ExitCode.NOT_READY))
