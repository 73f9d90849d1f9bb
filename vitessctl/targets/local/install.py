"""What the state folder needs before anything can be started: its programs in bin/ and supervisord.conf."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

import vitessctl
from vitessctl.targets.local.binaries import MYSQLD, PROGRAMS, Binaries
from vitessctl.targets.local.launch import CONFIGURATION, configuration
from vitessctl.targets.local.state import StateFolder

GUARDED = "mysqlctld"
_GUARD = Path(__file__).with_name("mysqlctld-guard.sh")
_SHELL = "#!/bin/sh\n# Written by vitessctl. Changes made here are lost.\n"


def environment(state: Path, binaries: Binaries) -> dict[str, str]:
    """What every program of the cluster gets in its environment."""
    found = {"VTDATAROOT": str(state / "data")}
    if binaries.mysql_root is not None:
        found["VT_MYSQL_ROOT"] = str(binaries.mysql_root)
    if (vtctld := binaries.programs.get("vtctld")) is not None and not binaries.rehearsal:
        found["VTROOT"] = str(vtctld.parent.parent)
    return found


def settings(state: Path, binaries: Binaries) -> str:
    """supervisord.conf."""
    return configuration(environment(state, binaries))


def install(state: StateFolder, binaries: Binaries) -> None:
    """Bring bin/ and supervisord.conf to what these binaries need; does nothing where they are that already."""
    for name, path in binaries.programs.items():
        if binaries.rehearsal:
            state.write(f"bin/{name}", _stand_in(name), mode=0o755)
        elif name == GUARDED:
            state.write(f"bin/{name}", _guarded(f"exec {shlex.quote(str(path))}"), mode=0o755)
        else:
            state.link(f"bin/{name}", str(path))
    state.write(CONFIGURATION, settings(state.path, binaries), mode=0o600)


def _stand_in(name: str) -> str:
    start = f"exec {shlex.quote(sys.executable)} -m vitessctl.rehearsal {name}"
    lines = [f"PYTHONPATH={shlex.quote(package_root())}", "export PYTHONPATH"]
    if os.geteuid() == 0:
        lines += ["VITESSCTL_REHEARSAL_ROOT=1", "export VITESSCTL_REHEARSAL_ROOT"]
    prelude = "\n".join(lines) + "\n"
    return prelude_of(prelude, _guard_text() if name == GUARDED else "", start)


def prelude_of(prelude: str, guard: str, start: str) -> str:
    """A shell script: what it sets, what it does first, what it becomes."""
    return f'{_SHELL}{prelude}{guard}{start} "$@"\n'


def _guarded(start: str) -> str:
    return prelude_of("", _guard_text(), start)


def _guard_text() -> str:
    return _GUARD.read_text(encoding="utf-8")


def package_root() -> str:
    """The folder that `vitessctl` is imported from, for programs that are started with another folder as theirs."""
    return str(Path(vitessctl.__file__).resolve().parent.parent)


def rehearsal_binaries() -> Binaries:
    """The stand-ins: all of them come with vitessctl."""
    return Binaries({name: Path(sys.executable) for name in PROGRAMS}, rehearsal=True)


def describe(binaries: Binaries) -> Mapping[str, str]:
    """Where each program is taken from, for `-v`."""
    found = {name: str(path) for name, path in binaries.programs.items()}
    return found | ({MYSQLD: str(binaries.mysql_root)} if binaries.mysql_root else {})
