"""`vitessctl connect`: a MySQL client's way to vtgate."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from vitessctl.cli import options
from vitessctl.cli.connecting import Connection, chosen_cell, first_user
from vitessctl.cli.grouped import grouped
from vitessctl.cli.printing import print_json
from vitessctl.cli.session import SpecOptions, Where, load_for, open_target
from vitessctl.errors import UsageError, VitessctlError

if TYPE_CHECKING:
    from vitessctl.targets.base import Address
    from vitessctl.targets.kubernetes.target import KubernetesTarget
    from vitessctl.targets.kubernetes.vtgate import Gate
    from vitessctl.targets.local import LocalTarget

EXAMPLE = "Example:  vitessctl connect -i inventories/minimal -- mysql -e 'show databases'"
LOOK_SECONDS = 2.0
"""How often it is looked whether the pod is still there."""


@grouped
def command(
    words: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(
            metavar="COMMAND",
            help="Run this with the way to vtgate in it (at {host}, {port} and {user}, else as -h, -P and -u after "
            "its first word), and exit with its code.",
        ),
    ] = None,
    spec_options: SpecOptions = SpecOptions(),
    where: Where = Where(),
    cell: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--cell", help="The cell whose vtgate it is to be. Default: the first."),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port of this machine to forward. Default: a free one.")
    ] = 0,
    only_print: Annotated[
        bool,
        typer.Option("--print", help="Only print how to connect from where the servers are, and end; no forward."),
    ] = False,
    output: options.OutputFormat = options.Output.text,
    verbose: options.Verbose = 0,
) -> None:
    """Print how to connect with a MySQL client; on Kubernetes keep a port open that leads to vtgate until Ctrl-C."""
    if only_print and words:
        raise UsageError("--print and a command exclude each other", fix="take one of them")
    cluster, name = load_for(spec_options, where)
    in_cell = chosen_cell(cluster, cell)
    with open_target(cluster, name, where) as target:
        way = partial(Connection, cluster.name, target.name, in_cell, user=first_user(target.users()))
        gate = _gate(target, cluster.name, in_cell)
        if gate is None:
            _at(way(address=target.address("vtgate", in_cell, "mysql")), words, output)
        elif only_print or gate.api.in_cluster:
            _at(way(address=gate.service), words, output)
        elif words:
            with gate.forward(port) as (pod, address):
                _at(way(address=address, pod=pod), words, output)
        else:
            _stay(gate, port, way, output)


def _gate(target: LocalTarget | KubernetesTarget, cluster: str, cell: str) -> Gate | None:
    """The vtgates of a cell on Kubernetes; None on one machine, where they are reached as they are."""
    from vitessctl.targets.local import LocalTarget

    if isinstance(target, LocalTarget):
        return None
    from vitessctl.targets.kubernetes.vtgate import Gate

    return Gate(target.api, target.namespace, cluster, cell)


def _at(connection: Connection, words: Sequence[str] | None, output: options.Output) -> None:
    if words:
        raise typer.Exit(run(connection.placed(words), connection))
    _say(connection, output)


def _say(connection: Connection, output: options.Output) -> None:
    if output is options.Output.json:
        print_json(connection.data)
    else:
        typer.echo(connection.line)
    sys.stdout.flush()


def run(words: Sequence[str], connection: Connection) -> int:
    """Run a command to its end and give its exit code, as a shell would. Ctrl-C is the command's own affair."""
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        code = subprocess.run(words, env=connection.environment(os.environ), check=False).returncode
    except OSError as error:
        raise VitessctlError(
            f"{words[0]} cannot be run", why=error.strerror or str(error), fix="install it, or give its whole path"
        ) from None
    finally:
        signal.signal(signal.SIGINT, before)
    return code if code >= 0 else 128 - code


def _stay(gate: Gate, port: int, way: partial[Connection], output: options.Output) -> None:
    """Until Ctrl-C, which is how it is meant to end."""

    def opened(pod: str, address: Address) -> None:
        _say(way(address=address, pod=pod), output)
        if output is options.Output.text:
            typer.echo(f"{address} leads to {pod} until Ctrl-C", err=True)

    def left(pod: str, why: str) -> None:
        typer.echo(f"{pod} is gone, and there is no other yet: {why}", err=True)

    stopped = threading.Event()
    try:
        gate.keep_forward(port, opened, left, lambda: not stopped.wait(LOOK_SECONDS))
    except KeyboardInterrupt:
        stopped.set()
