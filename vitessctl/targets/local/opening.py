"""Finding the right local target for a command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from vitessctl.errors import UsageError
from vitessctl.model.cluster import Cluster
from vitessctl.targets.local.binaries import Binaries, find_real
from vitessctl.targets.local.install import rehearsal_binaries
from vitessctl.targets.local.state import MARKER, default_state
from vitessctl.targets.local.target import LocalTarget

TARGETS = ("local", "rehearsal")


def open_local(
    cluster: Cluster, name: str = "", state_dir: Path | None = None, environ: Mapping[str, str] | None = None
) -> LocalTarget:
    """The target of that name; without a name the one that is there. Raises UsageError if that is not clear."""
    environ = os.environ if environ is None else environ
    places = {target: state_dir or default_state(cluster.name, target, environ, os.geteuid()) for target in TARGETS}
    chosen = name or _only_one(cluster, places)
    return LocalTarget(cluster, places[chosen], _binaries(cluster, chosen, environ), chosen, environ)


def _binaries(cluster: Cluster, name: str, environ: Mapping[str, str]) -> Binaries:
    return rehearsal_binaries() if name == "rehearsal" else find_real(cluster.local, environ)


def _only_one(cluster: Cluster, places: Mapping[str, Path]) -> str:
    found = [target for target, path in places.items() if (path / MARKER).is_file()]
    if len(found) != 1:
        what = "is both real and rehearsed" if found else "is not"
        raise UsageError(
            f"{cluster.name} {what} on this machine",
            where=", ".join(sorted({str(path) for path in places.values()})),
            fix="say which one with --local or --rehearse"
            if found
            else "bring it up with `vitessctl up`, or name its folder with --state-dir",
        )
    return found[0]
