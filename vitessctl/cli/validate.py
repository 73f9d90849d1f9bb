"""`vitessctl validate`: every error of the spec at once."""

from __future__ import annotations

from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.session import SpecOptions, load_cluster

EXAMPLE = "Example:  vitessctl validate -i inventories/minimal"


@grouped
def command(
    spec_options: SpecOptions = SpecOptions(),
    output: options.OutputFormat = options.Output.text,
    verbose: options.Verbose = 0,
) -> None:
    """Check the spec and report every error with its place. Needs no cluster; exit code 5 if anything is wrong."""
    import typer

    from vitessctl.releases import preview
    from vitessctl.spec.words import counted

    cluster = load_cluster(spec_options)
    notes = preview.notes(cluster.releases)
    if output is options.Output.json:
        import json

        told = {"type": "valid", "cluster": cluster.name, "release": cluster.release, "errors": [], "notes": notes}
        typer.echo(json.dumps(told))
        return
    tablets = sum(1 for _ in cluster.tablets())
    shards = sum(1 for _ in cluster.shards())
    typer.echo(
        f"{cluster.name}: the spec is right. Vitess {cluster.release}, {counted(len(cluster.cells), 'cell')}, "
        f"{counted(len(cluster.keyspaces), 'keyspace')}, {counted(shards, 'shard')}, {counted(tablets, 'tablet')}."
    )
    for note in notes:
        typer.echo(f"note: {note}")
    if verbose:
        for tablet in cluster.tablets():
            typer.echo(f"  {tablet.alias}  {tablet.keyspace}/{tablet.shard}  {tablet.type}")
