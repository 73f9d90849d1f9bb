"""`vitessctl history`: who changed the cluster, when, and how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.printing import print_json
from vitessctl.cli.session import SpecOptions, Where, load_for, open_target

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from vitessctl.run.runs import Run
    from vitessctl.targets.kubernetes.target import KubernetesTarget
    from vitessctl.targets.local import LocalTarget

EXAMPLE = "Example:  vitessctl history -i inventories/minimal --output json"


@grouped
def command(
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    output: options.OutputFormat = options.Output.text,
    verbose: options.Verbose = 0,
) -> None:
    """Show the last runs that changed the cluster, newest first. Runs that changed nothing leave no trace."""
    from vitessctl.report.history import history_data, history_lines

    cluster, name = load_for(spec_options, where)
    with open_target(cluster, name, where) as target:
        runs, running = _runs(target, cluster.name)
    if output is options.Output.json:
        print_json(history_data(cluster.name, target.name, runs, running))
        return
    for line in history_lines(runs, running):
        typer.echo(line)


def _runs(target: LocalTarget | KubernetesTarget, cluster: str) -> tuple[Sequence[Run], Collection[str]]:
    """The runs, and the ids of those that still go on."""
    from vitessctl.targets.local import LocalTarget

    if isinstance(target, LocalTarget):
        from vitessctl.targets.local.history import open_runs, read_runs

        runs = read_runs(target.state)
        return runs, open_runs(target.state, runs)
    from vitessctl.targets.kubernetes.lease import read_lease
    from vitessctl.targets.kubernetes.recorder import read_record

    held = read_lease(target.api, cluster, target.namespace)
    return read_record(target.api, target.namespace, cluster).runs, {held.holder.author.run} if held else ()
