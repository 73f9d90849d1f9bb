"""What the state folder needs before anything can be started: its programs in bin/ and supervisord.conf."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path

from vitessctl.model.cluster import Cluster
from vitessctl.targets.local import applications
from vitessctl.targets.local.binaries import PROGRAMS, Binaries
from vitessctl.targets.local.guard import DataFolder
from vitessctl.targets.local.holding import NEIGHBOURS, neighbours_of
from vitessctl.targets.local.launch import CONFIGURATION, configuration, package_root
from vitessctl.targets.local.state import StateFolder

CHOSEN = "run/binaries.json"
"""Where the real programs were found, for a later run whose environment does not tell."""


def environment(state: Path, binaries: Binaries) -> dict[str, str]:
    """What every program of the cluster gets in its environment."""
    found = {"VTDATAROOT": str(state / "data")}
    if binaries.mysql_root is not None:
        found["VT_MYSQL_ROOT"] = str(binaries.mysql_root)
    if binaries.rehearsal:
        return {**found, **_for_stand_ins()}
    if (vtctld := binaries.programs.get("vtctld")) is not None:
        found["VTROOT"] = str(vtctld.parent.parent)
    return found


def _for_stand_ins() -> dict[str, str]:
    """Root's consent: containers often have no other user."""
    return {"VITESSCTL_REHEARSAL_ROOT": "1"} if os.geteuid() == 0 else {}


def settings(state: Path, binaries: Binaries) -> str:
    """supervisord.conf."""
    return configuration(environment(state, binaries))


def install(state: StateFolder, binaries: Binaries, cluster: Cluster) -> None:
    """Bring bin/, supervisord.conf and the guard's notes up to date; does nothing where they are that already."""
    for name, path in binaries.programs.items():
        if binaries.rehearsal:
            state.write(f"bin/{name}", _stand_in(name), mode=0o755)
        else:
            state.link(f"bin/{name}", str(path))
    applications.install(state, cluster)
    state.write(CONFIGURATION, settings(state.path, binaries), mode=0o600)
    if not binaries.rehearsal:
        state.write(CHOSEN, binaries.to_json())
    state.write(f"run/{NEIGHBOURS}", json.dumps(neighbours_of(cluster)) + "\n")
    if cluster.topology.managed and not any((state.path / "data").glob("etcd-*")):
        _forget_emptied(state.path)


def _forget_emptied(state: Path) -> None:
    """A topology that starts anew names nobody primary, so no MySQL without data has to be held back."""
    for name in {note.stem for note in (state / "run").glob("vt_*")}:
        folder = DataFolder(state, state / "data" / name)
        if not folder.has_data:
            folder.notes.forget()


def _stand_in(name: str) -> str:
    root = shlex.quote(package_root())
    lines = [
        "#!/bin/sh",
        "# Written by vitessctl. Changes made here are lost.",
        f"export PYTHONPATH={root}${{PYTHONPATH:+:$PYTHONPATH}}",
        *(f"export {name}={shlex.quote(value)}" for name, value in _for_stand_ins().items()),
        f'exec {shlex.quote(sys.executable)} -m vitessctl.rehearsal {name} "$@"',
    ]
    return "\n".join(lines) + "\n"


def rehearsal_binaries() -> Binaries:
    """The stand-ins: all of them come with vitessctl."""
    return Binaries({name: Path(sys.executable) for name in PROGRAMS}, rehearsal=True)
