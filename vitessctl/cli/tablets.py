"""`vitessctl tablets`: every tablet, what the topology says of it and what it says itself."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.printing import print_json
from vitessctl.cli.session import SpecOptions, Where, context_of, documents_of, load_for, open_target
from vitessctl.errors import ExitCode

EXAMPLE = "Example:  vitessctl tablets messages/0 -i inventories/minimal"


@grouped
def command(
    words: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(
            metavar="CELL|KEYSPACE|KEYSPACE/SHARD|ALIAS",
            help="Only those tablets; several words mean any of them. Default: all.",
        ),
    ] = None,
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    output: options.OutputFormat = options.Output.text,
    verbose: options.Verbose = 0,
) -> None:
    """List tablets: type, serving, lag, position, addresses, and how they differ from the spec. Exit code 3: not all
    serve and are complete."""
    from vitessctl.report.tablets import listing_data, listing_lines
    from vitessctl.status.judge import judge
    from vitessctl.status.observe import observe
    from vitessctl.tablets.choosing import chosen
    from vitessctl.tablets.listing import listing_of

    cluster, name = load_for(spec_options, where)
    with open_target(cluster, name, where) as target:
        observed = observe(context_of(cluster, target, documents_of(cluster, target.name, spec_options)))
        status = judge(cluster, target.name, observed, target.published)
    listing = chosen(cluster, listing_of(cluster, observed, status), words or ())
    if output is options.Output.json:
        print_json(listing_data(listing))
    else:
        for line in listing_lines(listing):
            typer.echo(line)
    if not listing.well:
        raise typer.Exit(int(ExitCode.NOT_READY))
