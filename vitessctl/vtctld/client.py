"""Opening a connection to vtctld, in the dialect that its release speaks."""

from __future__ import annotations

from vitessctl.errors import UsageError
from vitessctl.releases import Release
from vitessctl.vtctld.channel import Channel
from vitessctl.vtctld.interface import Vtctld
from vitessctl.vtctld.service import VtctldService

TIMEOUT = 15.0
"""Seconds for a call that has no deadline of its own. Reads take 1 to 10 ms; vtctld itself gives etcd 15 s."""

DIALECTS = {"vtctld": VtctldService}
"""By `Release.rpc`. Another dialect is another class with the same methods."""


def connect(address: str, release: Release, timeout: float = TIMEOUT) -> Vtctld:
    """The vtctld at `host:port`. Nothing is sent yet; the first call finds out whether it is there."""
    dialect = DIALECTS.get(release.rpc)
    if dialect is None:
        raise UsageError(
            f"vtctld of Vitess {release.name} cannot be talked to yet",
            where=address,
            why=f"it speaks the {release.rpc} service, and this version of vitessctl knows only: {', '.join(DIALECTS)}",
            fix="use an image of release 15 or later",
        )
    return dialect(Channel(address), release, timeout)
