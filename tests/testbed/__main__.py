"""`python -m tests.testbed up|down|status|import|kubectl …`: a bed for a person, left running between commands."""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.testbed import build, unavailable
from tests.testbed.cluster import Cluster
from tests.testbed.processes import BedError
from tests.testbed.state import State
from tests.testbed.stopping import stop

FOLDER = Path(tempfile.gettempdir()) / "vitessctl-testbed"


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0, 1 with a sentence on the error output, 3 where no bed is running (`status`)."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.run(asked))
    except BedError as error:
        print(f"testbed: {error}", file=sys.stderr)
        return 1


def up(asked: argparse.Namespace) -> int:
    """Start the bed, unless it runs, and say how to use it."""
    state = State.read(asked.folder)
    if state and not state.running():
        stop(asked.folder)
        state = None
    if state is None:
        if why := unavailable.reason(asked.nodes):
            raise BedError(why)
        build.binaries(asked.nodes)
        started = time.monotonic()
        cluster = Cluster.start(asked.folder, asked.nodes, asked.fast_node_loss)
        print(f"# up in {time.monotonic() - started:.1f} s; it ends with: make testbed-down", file=sys.stderr)
        state = cluster.state
    print(f"export KUBECONFIG={state.kubeconfig}")
    return 0


def down(asked: argparse.Namespace) -> int:
    """Stop it."""
    stop(asked.folder)
    return 0


def status(asked: argparse.Namespace) -> int:
    """Whether it runs."""
    state = State.read(asked.folder)
    running = state is not None and bool(state.running())
    print(f"running: export KUBECONFIG={state.kubeconfig}" if state and running else "not running")
    return 0 if running else 3


def import_images(asked: argparse.Namespace) -> int:
    """Give its nodes the images of docker-archives."""
    cluster = Cluster.attach(asked.folder)
    for archive in asked.archives:
        cluster.import_image(archive)
    return 0


def kubectl(asked: argparse.Namespace) -> int:
    """Become kubectl, on the bed."""
    state = State.read(asked.folder)
    if state is None:
        raise BedError("no bed is running: start one with make testbed")
    program = str(build.binaries(len(state.nodes)).bin / "kubectl")
    os.execve(program, [program, *asked.arguments], {**os.environ, "KUBECONFIG": state.kubeconfig})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.testbed", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="the bed's folder (%(default)s)")
    commands = parser.add_subparsers(required=True)
    starting = commands.add_parser("up", help="start a bed and leave it running")
    starting.add_argument("--nodes", type=int, default=1, help="0 is an API server alone (%(default)s)")
    starting.add_argument("--fast-node-loss", action="store_true", help="replace a lost node's pods after 20 s")
    starting.set_defaults(run=up)
    commands.add_parser("down", help="stop it; nothing of it stays").set_defaults(run=down)
    commands.add_parser("status", help="whether it runs").set_defaults(run=status)
    importing = commands.add_parser("import", help="import docker-archives into it")
    importing.add_argument("archives", nargs="+", type=Path)
    importing.set_defaults(run=import_images)
    client = commands.add_parser("kubectl", help="kubectl on the bed")
    client.add_argument("arguments", nargs=argparse.REMAINDER)
    client.set_defaults(run=kubectl)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
