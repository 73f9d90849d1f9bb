"""What every command starts with: the spec, the cluster, the target. Heavy imports happen only when used."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vitessctl.cli import options
from vitessctl.errors import UnreachableError, UsageError

if TYPE_CHECKING:
    from vitessctl.model.cluster import Cluster
    from vitessctl.render.documents import Document
    from vitessctl.run.context import Context
    from vitessctl.targets.ground import Ground
    from vitessctl.targets.kubernetes.target import KubernetesTarget
    from vitessctl.targets.local import LocalTarget
    from vitessctl.vtctld.interface import Vtctld


@dataclass(frozen=True)
class SpecOptions:
    """Where the spec is and what overrides it."""

    inventory: options.Inventory = None
    extra_vars: options.ExtraVars = None
    images: options.Images = None

    @property
    def templates(self) -> tuple[Path, ...]:
        """The inventory's own templates folder, where there is one."""
        folder = self._folder / "templates"
        return (folder,) if folder.is_dir() else ()

    @property
    def _folder(self) -> Path:
        path = self.inventory or Path()
        return path if path.is_dir() else path.parent


@dataclass(frozen=True)
class Where:
    """Where the cluster runs: what a person said on the command line, or in the environment."""

    local: options.OnThisMachine = False
    rehearse: options.Rehearse = False
    state_dir: options.StateDir = None
    context: options.KubernetesContext = ""
    """A kubeconfig context; empty: that of VITESSCTL_CONTEXT, else the current one, where it is Kubernetes at all."""

    @property
    def said(self) -> str:
        """`local`, `rehearsal` or `kubernetes`, or "" where the person did not say."""
        chosen = [name for name, wanted in self._choices if wanted]
        if len(chosen) > 1:
            raise UsageError(
                f"{' and '.join(_FLAGS[name] for name in chosen)} exclude each other",
                fix="--local runs real Vitess on this machine, --rehearse runs stand-ins, --context is a Kubernetes "
                "cluster: take one",
            )
        return chosen[0] if chosen else _said_around(os.environ)

    @property
    def _choices(self) -> tuple[tuple[str, bool], ...]:
        return (("local", self.local), ("rehearsal", self.rehearse), ("kubernetes", bool(self.context)))


_FLAGS = {"local": "--local", "rehearsal": "--rehearse", "kubernetes": "--context"}


def _said_around(environ: Mapping[str, str]) -> str:
    """What VITESSCTL_TARGET says; where it does not, VITESSCTL_CONTEXT means Kubernetes."""
    said = environ.get("VITESSCTL_TARGET", "")
    if said and said not in _FLAGS:
        raise UsageError(
            f"VITESSCTL_TARGET is {said}, which is no target", fix=f"set it to one of {', '.join(sorted(_FLAGS))}"
        )
    return said or ("kubernetes" if environ.get("VITESSCTL_CONTEXT") else "")


@contextmanager
def other_ways(where: Where) -> Iterator[None]:
    """Where nobody said Kubernetes and none answers, the error names what needs none."""
    try:
        yield
    except UnreachableError as error:
        if not where.said:
            error.fix = f"{error.fix}. {WITHOUT_KUBERNETES}"
        raise


WITHOUT_KUBERNETES = "Without a Kubernetes: --rehearse (stand-ins) or --local (real Vitess) use this machine"


def load_cluster(spec_options: SpecOptions, target: str = "local") -> Cluster:
    """Read, validate and build for `local` or `kubernetes`; all errors at once."""
    from vitessctl.model.build import build
    from vitessctl.spec import load

    return build(
        load(spec_options.inventory, spec_options.extra_vars or (), spec_options.images or (), dict(os.environ), target)
    )


def load_for(spec_options: SpecOptions, where: Where, new: bool = False) -> tuple[Cluster, str]:
    """The cluster, and the name of its target: what was said, else where it is; `new` if it may be nowhere yet.

    Without a word it is the one that is on this machine, if it is there (and is not about to be made); else Kubernetes.
    """
    name = where.said
    if not name and not new:
        from vitessctl.targets.local.opening import found_here

        cluster = load_cluster(spec_options, "kubernetes")
        name = found_here(cluster, where.state_dir, os.environ)
    name = name or "kubernetes"
    return load_cluster(spec_options, "kubernetes" if name == "kubernetes" else "local"), name


def open_target(
    cluster: Cluster, name: str, where: Where, *, look_ahead: bool = False
) -> LocalTarget | KubernetesTarget:
    """The target of that name; `look_ahead` if a plan is to come. Raises UsageError or UnreachableError."""
    if name == "kubernetes":
        from vitessctl.targets.kubernetes.opening import open_kubernetes

        return open_kubernetes(cluster, where.context, os.environ, look_ahead=look_ahead)
    from vitessctl.targets.local import open_local

    return open_local(cluster, name, where.state_dir)


def ground_of(target: LocalTarget | KubernetesTarget) -> Ground:
    """What the target's cluster stands on."""
    if target.name == "kubernetes":
        from vitessctl.targets.kubernetes.ground import KubernetesGround

        return KubernetesGround(target)  # type: ignore[arg-type]  # its name says which of both it is
    from vitessctl.targets.local.ground import LocalGround

    return LocalGround(target)  # type: ignore[arg-type]


def documents_of(cluster: Cluster, target: str, spec_options: SpecOptions) -> tuple[Document, ...]:
    """Everything that the cluster needs on a target, rendered."""
    from vitessctl.render.render import render

    return render(cluster, "local" if target in ("local", "rehearsal") else "kubernetes", spec_options.templates)


def context_of(
    cluster: Cluster, target: LocalTarget | KubernetesTarget, documents: Sequence[Document], prune: bool = False
) -> Context:
    """What stages and status work with."""
    from vitessctl import releases
    from vitessctl.render.layout_kubernetes import KubernetesLayout
    from vitessctl.render.layout_local import LocalLayout
    from vitessctl.run.context import Context

    release = releases.get(cluster.release)
    layout = KubernetesLayout(cluster) if target.name == "kubernetes" else LocalLayout(cluster)

    def connect_to_vtctld() -> Vtctld:
        address = str(target.address("vtctld", "", "grpc"))
        from vitessctl.vtctld.client import connect  # loads grpc, so only where there is a vtctld to talk to

        return connect(address, releases.get(layout.release_of("vtctld")))

    return Context(
        cluster=cluster,
        release=release,
        target=target,
        documents=documents,
        topology_address=layout.topology_address(),
        connect=connect_to_vtctld,
        prune=prune,
    )
