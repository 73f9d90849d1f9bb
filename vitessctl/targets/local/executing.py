"""Running another program of Vitess on this machine: the one beside the servers', or its stand-in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from vitessctl.rehearsal.launch import PROGRAMS
from vitessctl.targets.base import Pipes, ProgramMissing
from vitessctl.targets.local.binaries import Binaries
from vitessctl.targets.local.launch import package_root


def execute(binaries: Binaries, release: str, command: Sequence[str], pipes: Pipes, environ: Mapping[str, str]) -> int:
    """Run it to its end; gives its exit code, as a shell would. Raises ProgramMissing.

    `release` is what a stand-in is told to be.
    """
    words = [*_program(command[0], binaries, environ), *command[1:]]
    try:
        ended = subprocess.run(
            words,
            stdin=subprocess.DEVNULL if pipes.stdin is None else pipes.stdin,
            stdout=pipes.stdout,
            stderr=pipes.stderr,
            env={**environ, **_for_stand_ins(binaries, release, environ)},
            check=False,
        )
    except OSError as error:
        raise ProgramMissing(command[0], words[0], error.strerror or str(error)) from None
    return ended.returncode if ended.returncode >= 0 else 128 - ended.returncode


def _program(name: str, binaries: Binaries, environ: Mapping[str, str]) -> list[str]:
    """How a program is called. Raises ProgramMissing."""
    if binaries.rehearsal:
        if name not in PROGRAMS:
            raise ProgramMissing(name, "this rehearsal", "no stand-in comes with vitessctl")
        return [sys.executable, "-m", "vitessctl.rehearsal", name]
    vtctld = binaries.programs.get("vtctld")
    folders = [*([str(vtctld.parent)] if vtctld else []), environ.get("PATH", "")]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if found is None:
        beside = str(vtctld.parent) if vtctld else "the folder of Vitess's programs"
        raise ProgramMissing(name, beside, "it is not beside the servers' programs, nor in PATH")
    return [str(Path(found))]


def _for_stand_ins(binaries: Binaries, release: str, environ: Mapping[str, str]) -> dict[str, str]:
    if not binaries.rehearsal:
        return {}
    path = [package_root(), *filter(None, [environ.get("PYTHONPATH")])]
    return {"VITESSCTL_RELEASE": release, "PYTHONPATH": os.pathsep.join(path)}
