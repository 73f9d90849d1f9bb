"""What every command starts with: the spec, the cluster, the target. Heavy imports happen only when used."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vitessctl.errors import UsageError

if TYPE_CHECKING:
    from vitessctl.model.cluster import Cluster
    from vitessctl.render.documents import Document
    from vitessctl.run.context import Context
    from vitessctl.targets.local import LocalTarget


@dataclass(frozen=True)
class SpecOptions:
    """Where the spec is and what overrides it."""

    inventory: Path | None
    extra_vars: Sequence[str]
    images: Sequence[str]

    @property
    def templates(self) -> tuple[Path, ...]:
        """The inventory's own templates folder, where there is one."""
        folder = self._folder / "templates"
        return (folder,) if folder.is_dir() else ()

    @property
    def _folder(self) -> Path:
        path = self.inventory or Path()
        return path if path.is_dir() else path.parent


def load_cluster(options: SpecOptions, target: str = "local") -> Cluster:
    """Read, validate and build for `local` or `kubernetes`; all errors at once."""
    from vitessctl.model.build import build
    from vitessctl.spec import load

    return build(load(options.inventory, list(options.extra_vars), list(options.images), dict(os.environ), target))


def target_name(local: bool, rehearse: bool) -> str:
    """`local`, `rehearsal`, or "" where the person did not say."""
    if local and rehearse:
        raise UsageError(
            "--local and --rehearse exclude each other",
            fix="--local runs real Vitess on this machine, --rehearse runs stand-ins: take one",
        )
    return "local" if local else "rehearsal" if rehearse else os.environ.get("VITESSCTL_TARGET", "")


def open_target(cluster: Cluster, name: str, state_dir: Path | None) -> LocalTarget:
    """The local target, with real binaries or with stand-ins."""
    from vitessctl.targets.local import open_local

    return open_local(cluster, name, state_dir)


def documents_of(cluster: Cluster, target: str, options: SpecOptions) -> tuple[Document, ...]:
    """Everything that the cluster needs on a target, rendered."""
    from vitessctl.render.render import render

    return render(cluster, "local" if target in ("local", "rehearsal") else "kubernetes", options.templates)


def context_of(cluster: Cluster, target: LocalTarget, documents: Sequence[Document], prune: bool = False) -> Context:
    """What stages and status work with."""
    from vitessctl import releases
    from vitessctl.render.layout_local import LocalLayout
    from vitessctl.run.context import Context
    from vitessctl.vtctld.client import connect

    release = releases.get(cluster.release)
    return Context(
        cluster=cluster,
        release=release,
        target=target,
        documents=documents,
        topology_address=LocalLayout(cluster).topology_address(),
        connect=lambda: connect(str(target.address("vtctld", "", "grpc")), release),
        prune=prune,
    )
