"""`vitessctl validate`: every error of the spec at once."""

from __future__ import annotations

from vitessctl.cli import options
from vitessctl.cli.session import SpecOptions, load_cluster

EXAMPLE = "Example:  vitessctl validate -i inventories/minimal"


def command(
    inventory: options.Inventory = None,
    extra_vars: options.ExtraVars = None,
    image: options.Images = None,
    output: options.OutputFormat = options.Output.text,
    verbose: options.Verbose = 0,
) -> None:
    """Check the spec and report every error with its place. Needs no cluster; exit code 5 if anything is wrong."""
    import typer

    spec_options = SpecOptions(inventory, extra_vars or (), image or ())
    cluster = load_cluster(spec_options)
    if output is options.Output.json:
        import json

        typer.echo(json.dumps({"type": "valid", "cluster": cluster.name, "release": cluster.release, "errors": []}))
        return
    tablets = sum(1 for _ in cluster.tablets())
    shards = sum(1 for _ in cluster.shards())
    typer.echo(
        f"{cluster.name}: the spec is right. Vitess {cluster.release}, {_count(len(cluster.cells), 'cell')}, "
        f"{_count(len(cluster.keyspaces), 'keyspace')}, {_count(shards, 'shard')}, {_count(tablets, 'tablet')}."
    )
    if verbose:
        for tablet in cluster.tablets():
            typer.echo(f"  {tablet.alias}  {tablet.keyspace}/{tablet.shard}  {tablet.type}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
