"""Where the story takes place: what differs between a Kubernetes and one machine when things are done to a cluster."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from tests.e2e_kubernetes.command import ROOT, Ran
from tests.story.release import Release
from tests.support.guestbook import Visitor

INVENTORY = ROOT / "inventories" / "guestbook"
FOLDER = Path(__file__).parent


class Place(Protocol):
    """A cluster of inventories/guestbook, and ways to use it and to hurt it."""

    release: Release
    durable: bool
    """Whether a row that is acknowledged is at two tablets (semi-sync)."""
    gives_away: bool
    """Whether a tablet that `lose` takes is told to stop first, so that it can give its role away."""
    kubernetes: bool

    def run(self, command: str, *words: str) -> Ran:
        """`vitessctl COMMAND` for this cluster, to its end."""

    def mysql(self) -> AbstractContextManager[str]:
        """host:port of vtgate, while it is entered."""

    def vtctld(self) -> str:
        """host:port of vtctld's gRPC."""

    def visitor(self) -> Visitor:
        """Somebody who visits the guestbook."""

    def lose(self, alias: str) -> None:
        """What was done to the master in 2018: its pod is deleted; on one machine its processes are killed."""

    def lose_with_disk(self, alias: str) -> None:
        """The same without grace, and its data are gone too."""

    def freeze(self, alias: str) -> AbstractContextManager[None]:
        """Everything of a tablet, and vtorc, stands still: nobody but us can heal the shard."""

    def untouched(self) -> object:
        """Equal to what it was before if nothing was made, restarted or deleted since."""

    def remains(self) -> list[str]:
        """What is left of the cluster after `down`: names of pods or processes."""
