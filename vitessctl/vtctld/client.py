"""Opening a connection to vtctld, in the dialect that its release speaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vitessctl.releases import Release
from vitessctl.vtctld.channel import Channel
from vitessctl.vtctld.interface import Vtctld
from vitessctl.vtctld.service import VtctldService

TIMEOUT = 15.0
"""Seconds for a call that has no deadline of its own. Reads take 1 to 10 ms; vtctld itself gives etcd 15 s."""


def _legacy(channel: Channel, release: Release, timeout: float) -> Vtctld:
    """Loaded only for the releases that speak it."""
    from vitessctl.vtctld.legacy.service import LegacyService

    return LegacyService(channel, release, timeout)


DIALECTS: Mapping[str, Callable[[Channel, Release, float], Vtctld]] = {
    "legacy": _legacy,
    "vtctld": VtctldService,
}
"""By `Release.rpc`. Another dialect is another class with the same methods."""


def connect(address: str, release: Release, timeout: float = TIMEOUT) -> Vtctld:
    """The vtctld at `host:port`. Nothing is sent yet; the first call finds out whether it is there."""
    return DIALECTS[release.rpc](Channel(address), release, timeout)
