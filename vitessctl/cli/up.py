"""`vitessctl up`: bring the cluster up, or on from where it stands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from vitessctl.cli import options
from vitessctl.cli.session import SpecOptions, context_of, documents_of, load_cluster, open_target, target_name
from vitessctl.errors import UsageError

if TYPE_CHECKING:
    from vitessctl.model.cluster import Cluster
    from vitessctl.run.events import Listener
    from vitessctl.targets.local import LocalTarget

EXAMPLE = "Example:  vitessctl up -i inventories/minimal --rehearse"


def command(
    inventory: options.Inventory = None,
    extra_vars: options.ExtraVars = None,
    image: options.Images = None,
    local: options.OnThisMachine = False,
    rehearse: options.Rehearse = False,
    state_dir: options.StateDir = None,
    output: options.OutputFormat = options.Output.text,
    yes: options.Yes = False,
    verbose: options.Verbose = 0,
) -> None:
    """Bring the cluster up in order, waiting for each part. Safe to run again: it changes just what differs."""
    name = target_name(local, rehearse)
    if name not in ("local", "rehearsal"):
        raise UsageError(
            "where to? Kubernetes cannot be applied to yet",
            why="this version renders for Kubernetes (vitessctl render) and runs on one machine",
            fix="--rehearse tries it with stand-in servers, --local runs real Vitess on this machine",
        )
    spec_options = SpecOptions(inventory, extra_vars or (), image or ())
    cluster = load_cluster(spec_options)
    documents = documents_of(cluster, name, spec_options)
    with open_target(cluster, name, state_dir) as target, target.lock("up"):
        from vitessctl.run.engine import Engine
        from vitessctl.run.events import RunStarted
        from vitessctl.run.stages import STAGES

        listener = listener_of(output, verbose)
        listener(RunStarted(0.0, "up", cluster.name, name))
        target.preflight(documents)
        Engine(context_of(cluster, target, documents), STAGES, listener).run()
    if output is options.Output.text:
        for line in next_steps(cluster, target, spec_options, name):
            typer.echo(line)


def listener_of(output: options.Output, verbose: int) -> Listener:
    """The reader of events that the person asked for."""
    if output is options.Output.json:
        from vitessctl.report.jsonlines import JsonLines

        return JsonLines(sys.stdout)
    from vitessctl.report.screen import Screen, console

    return Screen(console(), verbose)


def next_steps(cluster: Cluster, target: LocalTarget, spec: SpecOptions, name: str) -> list[str]:
    """The lines to go on with."""
    where = f" -i {spec.inventory}" if spec.inventory else ""
    flag = "--rehearse" if name == "rehearsal" else "--local"
    user = cluster.users[0].name if cluster.users else "root"
    password = " -p" if cluster.users else ""
    lines = [""]
    for cell in cluster.cells:
        address = target.address("vtgate", cell.name, "mysql")
        lines.append(f"connect ({cell.name}):  mysql -h {address.host} -P {address.port} -u {user}{password}")
    lines.append(f"look at it:       vitessctl status{where} {flag}")
    lines.append(f"stop it:          vitessctl down{where} {flag}")
    return lines
