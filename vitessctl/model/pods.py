"""What a person adds to the pods of a component: `components`, and `pod` of a cell, its vtgate, or a pool.

The content of each field is Kubernetes' own and is handed through. What is said nearer to the tablet or the
cell wins: maps merge key by key, lists are replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

EMPTY: Mapping[str, Any] = MappingProxyType({})

Settings = Mapping[str, Any]
"""The fields of a Pod that somebody wrote."""


@dataclass(frozen=True)
class Pod:
    """The additions to one pod and to its component's container."""

    node_selector: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    affinity: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    tolerations: tuple[Mapping[str, Any], ...] = ()
    topology_spread: tuple[Mapping[str, Any], ...] = ()
    priority_class: str = ""
    annotations: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    labels: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    env: tuple[Mapping[str, Any], ...] = ()
    """Of the component's own container, as are the mounts."""
    volumes: tuple[Mapping[str, Any], ...] = ()
    volume_mounts: tuple[Mapping[str, Any], ...] = ()
    containers: tuple[Mapping[str, Any], ...] = ()
    """Containers beside our own."""
    image_pull_secrets: tuple[Mapping[str, Any], ...] = ()
    image_pull_policy: str = "IfNotPresent"


def merged(*layers: Settings) -> Pod:
    """The pod of several settings, the widest first: a map of a later one is merged in, all else replaced."""
    found: dict[str, Any] = {}
    for layer in layers:
        for name, value in layer.items():
            if isinstance(value, Mapping):
                found[name] = {**found.get(name, {}), **value}
            else:
                found[name] = tuple(value) if isinstance(value, list | tuple) else value
    return Pod(**found)
