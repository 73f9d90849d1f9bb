"""`vitessctl logs`: what a component wrote, wherever it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.session import SpecOptions, Where, load_for, open_target
from vitessctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vitessctl.targets.kubernetes.target import KubernetesTarget
    from vitessctl.targets.local import LocalTarget
    from vitessctl.targets.logs import Log, Wanted

EXAMPLE = "Example:  vitessctl logs zone1-100 -i inventories/minimal --container mysqld -f"


@grouped
def command(
    what: Annotated[
        str,
        typer.Argument(
            metavar="COMPONENT|ALIAS",
            help="etcd, vtctld, vttablet, mysqld, vtorc, vtgate or application, all of them or those of a cell or name "
            "(vtgate/zone1, application/guestbook); or a tablet's alias (zone1-100).",
        ),
    ],
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with each line as it is written.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last lines.")] = 100,
    previous: Annotated[
        bool, typer.Option("--previous", help="On Kubernetes: of the container's life before its last restart.")
    ] = False,
    container: Annotated[
        str, typer.Option("--container", metavar="NAME", help="Of a tablet: mysqld, in place of vttablet.")
    ] = "",
    verbose: options.Verbose = 0,
) -> None:
    """Print the last lines of the logs; with several servers, each line after the name of its pod or program."""
    from vitessctl.targets.logs import follow_all, last_of, wanted

    if follow and previous:
        raise UsageError("--follow and --previous exclude each other", why="what has ended writes nothing more")
    cluster, name = load_for(spec_options, where)
    meant = wanted(cluster, what, container)
    with open_target(cluster, name, where) as target:
        logs = _logs(target, cluster.name, meant, previous)
        for line in follow_all(logs, lines) if follow else last_of(logs, lines):
            typer.echo(line)


def _logs(target: LocalTarget | KubernetesTarget, cluster: str, wanted: Wanted, previous: bool) -> Sequence[Log]:
    from vitessctl.targets.local import LocalTarget

    if not isinstance(target, LocalTarget):
        from vitessctl.targets.kubernetes.podlogs import pod_logs

        return pod_logs(target.api, target.namespace, cluster, wanted, previous)
    if previous or wanted.container:
        option = "--previous" if previous else f"--container {wanted.container}"
        raise UsageError(
            f"{option} is for Kubernetes",
            why="on one machine each server has one log, which goes on when it is restarted",
            fix="leave it out",
        )
    from vitessctl.targets.local.logs import program_logs

    return program_logs(target.state, wanted)
