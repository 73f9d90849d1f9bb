"""What a cluster stands on, as `doctor` asks of it: disks, clocks, certificates, pods that hang.

Beside `Target`, which is what `up` needs. Every call has a deadline of its own, or is left behind by who calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from vitessctl.errors import VitessctlError
from vitessctl.render.documents import Document


@dataclass(frozen=True)
class Reading:
    """What a clock said, between two moments of this machine's own: seconds since the epoch."""

    name: str
    """Whose clock: `the API server`, a tablet's alias, `vtgate/zone1`."""
    before: float
    said: float
    after: float
    precision: float
    """What it leaves away: an HTTP Date has whole seconds, so that 1 s may have passed since."""

    @property
    def least(self) -> float:
        """By how many seconds it is ahead of this machine at least; negative: behind."""
        return self.said - self.after

    @property
    def most(self) -> float:
        """By how many seconds it is ahead of this machine at most."""
        return self.said + self.precision - self.before


@dataclass(frozen=True)
class Volume:
    """A file system that holds data; sizes in bytes."""

    name: str
    """A tablet's alias, or the folder on one machine."""
    path: str
    size: int
    free: int
    """For the servers' user: without what is kept back for root."""
    inodes: int = 0
    """How many files it can hold; 0 where it does not count them."""
    inodes_free: int = 0


@dataclass(frozen=True)
class Expiry:
    """Something that is valid for a time only; seconds since the epoch."""

    name: str
    """`the client certificate of the kubeconfig`."""
    begins: float
    """0 where that is not known."""
    ends: float
    remedy: str = ""
    """How it is renewed."""


@dataclass(frozen=True)
class Jam:
    """A pod that hangs, and how it can be freed without any risk to data, if it can."""

    label: str
    """`Pod/shop-vttablet-zone1-0000000100-0`."""
    subject: str
    """What it is about: a tablet's alias, a cell."""
    why: str
    way: str = ""
    """What frees it: `finalizers`, `force` or `delete`; "" where nothing is proven to be safe."""
    refusal: str = ""
    """Why nothing is; "" where something is."""
    leaving: bool = True
    """Whether it was deleted already."""
    uid: str = ""
    """Which pod of that name it is: a StatefulSet makes the next one under the same."""


class Ground(Protocol):
    """One target's. Methods raise VitessctlError and nothing else."""

    def preflight(self, documents: Sequence[Document]) -> Sequence[VitessctlError]:
        """What stands in the way of the next `up`; writes nothing."""

    def version(self) -> str:
        """Of what runs the servers: Kubernetes' own version; "" on one machine."""

    def written_by(self) -> str:
        """The version of vitessctl that the cluster's record was last written by; "" where that is not known."""

    def clocks(self) -> Sequence[Reading]:
        """Clocks besides those of the servers."""

    def volumes(self) -> Mapping[str, Callable[[], Volume]]:
        """How to look at each file system with data, by what it is called."""

    def expiries(self) -> Sequence[Expiry]:
        """What is valid for a time only."""

    def read(self, component: str, subject: str, path: str) -> bytes:
        """A file as a component sees it: the certificate that a flag names."""

    def jams(self) -> Sequence[Jam]:
        """Pods that hang; none on one machine."""

    def free(self, jam: Jam) -> str:
        """Free a pod in its `way`, the very one that was seen; says what was done."""
