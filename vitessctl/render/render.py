"""A cluster to its documents. Pure: no network, no clock, no environment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from vitessctl.model.cluster import Cluster
from vitessctl.render import kubernetes, local
from vitessctl.render.documents import Document
from vitessctl.render.renderer import Renderer

TARGETS = {"kubernetes": kubernetes.documents, "local": local.documents}

TargetName = Literal["kubernetes", "local"]


def render(cluster: Cluster, target: TargetName, templates: Sequence[Path] = ()) -> tuple[Document, ...]:
    """All documents of a cluster on a target, in the order of the stages; the same cluster gives the same bytes.

    `templates` are folders of the user, each with files such as `kubernetes/vtgate-deployment.yaml.j2` that
    win over ours. Raises TemplateError, and UnknownFlagError for a flag that the release does not have.
    """
    return tuple(TARGETS[target](cluster, Renderer(target, templates)))
