"""Programs of a person's own that belong to a cluster: started after vtgate, and told where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vitessctl.model.pods import EMPTY, Settings

COMPONENT = "application"
"""What all of them are as a component; which one is the subject."""


@dataclass(frozen=True)
class Application:
    """One application."""

    name: str
    cell: str
    """The cell whose vtgate it talks to."""
    keyspace: str
    """The keyspace that it is told about."""
    user: str = ""
    """As whom it connects to vtgate; empty: vtgate asks for no password."""
    image: str = ""
    command: tuple[str, ...] = ()
    """What its container runs; empty: what the image says."""
    local_command: tuple[str, ...] = ()
    """What is run on one machine."""
    local_directory: str = ""
    """The folder that it is started in on one machine; empty: the state folder."""
    port: int = 8080
    """What it listens on in its container. On one machine see vitessctl.model.ports.application_port."""
    health: str = "/"
    """The page that answers with status 200 when it serves."""
    env: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    replicas: int = 1
    service: str = "ClusterIP"
    annotations: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    resources: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    pod: Settings = field(default_factory=lambda: EMPTY)
