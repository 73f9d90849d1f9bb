"""A cluster to its documents. Pure: no network, no clock, no environment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from vitessctl.model.cluster import Cluster
from vitessctl.render.documents import Document
from vitessctl.render.renderer import Renderer

TargetName = Literal["kubernetes", "local"]
TARGETS: tuple[TargetName, ...] = ("kubernetes", "local")


def render(cluster: Cluster, target: TargetName, templates: Sequence[Path] = ()) -> tuple[Document, ...]:
    """All documents of a cluster on a target, in the order of the stages; the same cluster gives the same bytes.

    `templates` are folders of the user, each with files such as `kubernetes/vtgate-deployment.yaml.j2` that
    win over ours. Raises TemplateError, and UnknownFlagError for a flag that the release does not have.
    """
    return tuple(rendered(cluster, target, templates))


def rendered(cluster: Cluster, target: TargetName, templates: Sequence[Path] = ()) -> Iterator[Document]:
    """The same, one after the other."""
    renderer = Renderer(target, templates)
    if target == "kubernetes":
        from vitessctl.render import kubernetes

        return kubernetes.documents(cluster, renderer)
    from vitessctl.render import local

    return local.documents(cluster, renderer)
