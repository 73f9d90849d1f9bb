"""`vitessctl replication`: who copies from whom, how far, and what is missing."""

from __future__ import annotations

from typing import Annotated

import typer

from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.printing import print_json
from vitessctl.cli.session import SpecOptions, Where, context_of, load_for, open_target
from vitessctl.errors import ExitCode

EXAMPLE = "Example:  vitessctl replication messages -i inventories/minimal --output json"


@grouped
def command(
    shard: Annotated[
        str, typer.Argument(metavar="[KEYSPACE[/SHARD]]", help="Only these shards. Default: all.", show_default=False)
    ] = "",
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    output: options.OutputFormat = options.Output.text,
    verbose: options.Verbose = 0,
) -> None:
    """Show how each tablet replicates, what it lacks beside its primary, and what mends it. Exit code 3: broken."""
    from vitessctl.heal.look import look
    from vitessctl.heal.replicating import Replication, judge
    from vitessctl.heal.shards import chosen_shards

    cluster, name = load_for(spec_options, where)
    wanted = chosen_shards(cluster, shard)
    with open_target(cluster, name, where) as target:
        run = context_of(cluster, target, ())
        shards = tuple(judge(seen, run.release.has_vtorc) for seen in look(run, wanted))
    found = Replication(cluster.name, target.name, any(each.broken for each in shards), shards)
    if output is options.Output.json:
        from vitessctl.report.replication import replication_data

        print_json(replication_data(found))
    else:
        from vitessctl.report.replication import print_replication
        from vitessctl.report.screen import console

        print_replication(found, console())
    if found.broken:
        raise typer.Exit(int(ExitCode.NOT_READY))
