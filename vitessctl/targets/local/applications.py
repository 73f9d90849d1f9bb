"""What applications need on this machine: their folder, their program, and a Python."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from vitessctl.model.applications import Application
from vitessctl.model.cluster import Cluster
from vitessctl.targets.local.account import Account, blocked
from vitessctl.targets.local.faults import LocalError
from vitessctl.targets.local.programs import search_path
from vitessctl.targets.local.state import StateFolder

FOLDER = "applications"
"""Below the state folder; holds a link to the folder of each application, so that a document is the same everywhere."""
PYTHON = "python"
"""The first word of a command that means the Python that runs vitessctl."""


def install(state: StateFolder, cluster: Cluster) -> None:
    """Make the links, and the program `python`."""
    if not cluster.applications:
        return
    text = f'#!/bin/sh\n# Written by vitessctl. Changes made here are lost.\nexec {shlex.quote(sys.executable)} "$@"\n'
    state.write(f"bin/{PYTHON}", text, mode=0o755)
    for application in cluster.applications:
        if application.local_directory:
            state.link(f"{FOLDER}/{application.name}", str(directory_of(application)))


def directory_of(application: Application) -> Path:
    """The folder that it is started in."""
    return Path(application.local_directory).expanduser().absolute()


def faults(cluster: Cluster, state: Path, account: Account) -> Iterator[LocalError]:
    """What can be known not to work before anything is started."""
    for application in cluster.applications:
        where = f"applications.{application.name}.local"
        directory = directory_of(application) if application.local_directory else state
        if application.local_directory:
            if not directory.is_dir():
                fix = "a path is relative to the file that names it"
                yield LocalError(f"there is no folder {directory}", where=f"{where}.directory", fix=fix)
                continue
            yield from _unreachable(directory, account)
        yield from _no_program(application.local_command[0], directory, state, f"{where}.command")


def _unreachable(directory: Path, account: Account) -> Iterator[LocalError]:
    wall = blocked(directory / "x", account) if account.is_other else None
    if wall is not None:
        yield LocalError(
            f"the application cannot reach {directory}",
            why=f"it runs as uid {account.uid}, who may not enter {wall}",
            fix=f"chmod o+x {wall}, or copy it to where everybody can read it, such as /opt",
        )


def _no_program(word: str, directory: Path, state: Path, where: str) -> Iterator[LocalError]:
    """env(1) looks a word without a slash up in PATH; any other is relative to the folder."""
    if word == PYTHON or "$(" in word:
        return
    found = shutil.which(str(directory / word)) if "/" in word else shutil.which(word, path=search_path(state))
    if found is None:
        yield LocalError(
            f"there is no program {word}",
            where=where,
            why=f"looked in {directory if '/' in word else search_path(state)}",
            fix="name it with its path, or begin the command with python: the Python that runs vitessctl",
        )
