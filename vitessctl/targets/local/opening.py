"""Finding the right local target for a command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from vitessctl.errors import UsageError
from vitessctl.model.cluster import Cluster
from vitessctl.targets.local.binaries import Binaries, find_real
from vitessctl.targets.local.install import rehearsal_binaries
from vitessctl.targets.local.state import Content, content_of, default_state
from vitessctl.targets.local.target import LocalTarget

TARGETS = ("local", "rehearsal")
_ANOTHER = "another folder with --state-dir"


def open_local(
    cluster: Cluster, name: str = "", state_dir: Path | None = None, environ: Mapping[str, str] | None = None
) -> LocalTarget:
    """The target of that name; without a name the one that is there. Raises UsageError if that is not clear."""
    environ = os.environ if environ is None else environ
    places = {target: state_dir or default_state(cluster.name, target, environ, os.geteuid()) for target in TARGETS}
    chosen = name or _only_one(cluster, places)
    _check_content(cluster, chosen, places[chosen])
    return LocalTarget(cluster, places[chosen], _binaries(cluster, chosen, environ), chosen, environ)


def found_here(cluster: Cluster, state_dir: Path | None, environ: Mapping[str, str]) -> str:
    """`local` or `rehearsal`, whichever is on this machine; "" if neither is. Raises UsageError if both are."""
    places = {target: state_dir or default_state(cluster.name, target, environ, os.geteuid()) for target in TARGETS}
    if not any(content_of(path) for path in places.values()):
        return ""
    return _only_one(cluster, places)


def _binaries(cluster: Cluster, name: str, environ: Mapping[str, str]) -> Binaries:
    return rehearsal_binaries() if name == "rehearsal" else find_real(cluster.local, environ)


def _only_one(cluster: Cluster, places: Mapping[str, Path]) -> str:
    found = [target for target, path in places.items() if (content := content_of(path)) and content.target == target]
    if len(found) == 1:
        return found[0]
    where = ", ".join(sorted({str(path) for path in places.values()}))
    if found:
        raise UsageError(
            f"{cluster.name} is both real and rehearsed on this machine",
            where=where,
            fix="say which one with --local or --rehearse",
        )
    raise UsageError(
        f"{cluster.name} is not on this machine",
        where=where,
        fix="bring it up with `vitessctl up`, or name its folder with --state-dir",
    )


def _check_content(cluster: Cluster, target: str, path: Path) -> None:
    """Raise UsageError if the folder belongs to another cluster, or to this one with other servers."""
    content = content_of(path)
    if content is None or content == Content(cluster.name, target):
        return
    if content.cluster == cluster.name:
        raise UsageError(
            f"the folder holds {'a rehearsal' if content.target == 'rehearsal' else 'real servers'} of {cluster.name}",
            where=str(path),
            why="real and stand-in servers cannot share their data",
            fix=f"use {'--rehearse' if content.target == 'rehearsal' else '--local'}, or {_ANOTHER}",
        )
    raise UsageError(
        f"the folder holds the cluster {content.cluster}, not {cluster.name}", where=str(path), fix=f"use {_ANOTHER}"
    )
