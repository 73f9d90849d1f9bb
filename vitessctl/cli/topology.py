"""`vitessctl topology`: what the topology server holds, decoded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.printing import print_json
from vitessctl.cli.session import SpecOptions, Where, load_for, open_target
from vitessctl.errors import UnreachableError, UsageError

if TYPE_CHECKING:
    from vitessctl.model.cluster import Cluster
    from vitessctl.targets.base import Address
    from vitessctl.targets.kubernetes.target import KubernetesTarget
    from vitessctl.targets.local import LocalTarget

EXAMPLE = "Example:  vitessctl topology keyspaces/messages -i inventories/minimal --output json"


@grouped
def command(
    path: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(
            metavar="PATH",
            help="One record, or what is below a folder: keyspaces/messages/Keyspace (of global), /zone1/tablets.",
        ),
    ] = None,
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    svg: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--svg", metavar="FILE", help="Draw cells, shards, tablets, roles and health into this file."),
    ] = None,
    output: options.OutputFormat = options.Output.text,
    verbose: options.Verbose = 0,
) -> None:
    """Show the topology server as a tree: global and each cell, every record decoded, with its version. It is read
    from etcd itself, so it works while vtctld does not."""
    from vitessctl.report.topology import record_lines, topology_data, tree_lines
    from vitessctl.topology.choosing import below, full_path
    from vitessctl.topology.etcd import read_topology

    if svg is not None:
        if path:
            raise UsageError("--svg draws the whole cluster", fix=f"leave out {path}")
        _draw(spec_options, where, svg)
        return
    cluster, name = load_for(spec_options, where)
    with open_target(cluster, name, where) as target:
        snapshot = read_topology(_members(cluster, target), cluster.topology.global_root)
    nodes = below(snapshot.nodes, path or "", snapshot.roots)
    if output is options.Output.json:
        print_json(topology_data(snapshot, nodes, cluster.name, target.name))
        return
    alone = nodes and nodes[0].address == full_path(path or "", snapshot.roots)
    lines = record_lines(snapshot, nodes[0], target.name) if alone else tree_lines(snapshot, nodes, target.name)
    for line in lines:
        typer.echo(line)


def _draw(spec_options: SpecOptions, where: Where, file: Path) -> None:
    """What `status` sees, as a picture."""
    from vitessctl.cli.files import write
    from vitessctl.cli.status import looker
    from vitessctl.report.picture import svg

    with looker(spec_options, where) as look:
        status = look()
    write(file, svg(status))
    typer.echo(f"{file}: {status.cluster}, {status.health}")


def _members(cluster: Cluster, target: LocalTarget | KubernetesTarget) -> Sequence[Address]:
    """Where etcd's members are reached from here. Raises UnreachableError where none is."""
    from vitessctl.targets.base import Address

    if not cluster.topology.managed:
        pairs = (address.rpartition(":") for address in cluster.topology.external)
        return [Address(host, int(port)) for host, _, port in pairs]
    found, faults = [], []
    for name in _names(cluster):
        try:
            found.append(target.address("etcd", name, "client"))
        except UnreachableError as error:
            faults.append(error)
    if not found:
        raise faults[0]
    return found


def _names(cluster: Cluster) -> Sequence[str]:
    """The members; an operator names its own, so any of them will do."""
    return [""] if cluster.topology.operator else [f"etcd-{index}" for index in range(cluster.topology.members)]
