"""`vitessctl vtctl`: any command of vtctldclient or vtctlclient, run where that program is."""

from __future__ import annotations

import os
import sys
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from vitessctl.cli import options
from vitessctl.cli.grouped import grouped
from vitessctl.cli.session import SpecOptions, Where, load_for, open_target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vitessctl.releases import Release
    from vitessctl.targets.base import Pipes
    from vitessctl.targets.kubernetes.target import KubernetesTarget
    from vitessctl.targets.local import LocalTarget

EXAMPLE = "Example:  vitessctl vtctl -i inventories/minimal -- GetTablets --keyspace messages"


class Client(str, Enum):
    """A program that sends commands to vtctld."""

    vtctldclient = "vtctldclient"
    vtctlclient = "vtctlclient"


@grouped
def command(
    words: Annotated[
        list[str],
        typer.Argument(metavar="ARGS", help="What the client is to be told; --server is given to it already."),
    ],
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    client: Annotated[
        Optional[Client],  # noqa: UP045
        typer.Option("--client", help="Which client. Default: the one that the release's image has."),
    ] = None,
    verbose: options.Verbose = 0,
) -> None:
    """Run any command of vtctldclient (from Vitess 15 on) or vtctlclient, and exit with its code.

    It runs in vtctld's container, or beside the servers on this machine; input and output are passed through. Where an
    old release (until 14) has no such program, its command is sent to vtctld as the program would.
    """
    from vitessctl import releases

    cluster, name = load_for(spec_options, where)
    release = releases.get(cluster.release_of("vtctld"))
    with open_target(cluster, name, where) as target:
        if target.name == "rehearsal":
            from vitessctl.report.screen import REHEARSAL_BANNER

            typer.echo(REHEARSAL_BANNER, err=True)
        raise typer.Exit(_run(target, release, client.value if client else "", words))


def _run(target: LocalTarget | KubernetesTarget, release: Release, named: str, words: Sequence[str]) -> int:
    """The exit code of the program, or of the same command without it where the release allows that."""
    from vitessctl.targets.base import ProgramMissing

    program = named or release.admin_client
    if not program:
        return _by_rpc(target, words)
    server = f"--server={_server(target)}"
    try:
        return target.execute("vtctld", "", [program, server, *words], _pipes())
    except ProgramMissing:
        if named or release.rpc != "legacy":
            raise
        return _by_rpc(target, words)


def _server(target: LocalTarget | KubernetesTarget) -> str:
    """vtctld's address for a program that runs beside it."""
    if target.name != "kubernetes":
        return str(target.address("vtctld", "", "grpc"))
    from vitessctl.render.layout_kubernetes import VITESS

    return f"localhost:{VITESS.grpc}"


def _by_rpc(target: LocalTarget | KubernetesTarget, words: Sequence[str]) -> int:
    from vitessctl.vtctld.legacy.commandline import run_command

    return run_command(str(target.address("vtctld", "", "grpc")), words, sys.stdout, sys.stderr)


def _pipes() -> Pipes:
    """Those of this process. A terminal is not passed on: no command of a client asks a person anything."""
    from vitessctl.targets.base import Pipes

    return Pipes(None if os.isatty(0) else 0, 1, 2)
