"""What a stage works with."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from vitessctl.model.cluster import Cluster, Shard, Tablet, User
from vitessctl.releases import Release
from vitessctl.render.documents import Document, of_stage
from vitessctl.run import http, query
from vitessctl.targets.base import Address, ComponentStatus, Target, Verdict
from vitessctl.vtctld.interface import Vtctld

HttpGet = Callable[[Address, str], http.Answer]
Ping = Callable[[Address, Sequence[User], query.Question], str]


@dataclass
class Context:
    """One run: the cluster, where it lives, and how to reach its servers. Shared by the stages' threads."""

    cluster: Cluster
    release: Release
    target: Target
    documents: Sequence[Document]
    topology_address: str
    """Where the servers find the topology server: what a cell's record holds."""
    connect: Callable[[], Vtctld]
    """Opens a connection to vtctld; called once, when it is first needed."""
    get: HttpGet = http.get
    ping: Ping = query.ping
    """Why a query through the vtgate at an address does not answer, "" if it does."""
    acted: Callable[[str, str, bool], None] = lambda stage, action, changed: None
    """Says that a stage took an action: stage, sentence, whether it changed anything."""
    prune: bool = False
    """Whether what is not in the spec any more is stopped."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    now: Callable[[], float] = time.monotonic
    """Seconds since some fixed moment; the run's clock."""
    notes: dict[str, str] = field(default_factory=dict, repr=False)
    """What stages remember of this run, by names of their own."""
    left_out: dict[str, Verdict] = field(default_factory=dict, repr=False)
    """Tablets whose MySQL cannot come up, and why: the run goes on without them, and fails in the end."""
    _since: dict[str, float] = field(default_factory=dict, repr=False)

    @cached_property
    def vtctld(self) -> Vtctld:
        """The connection to vtctld."""
        return self.connect()

    def lasts(self, name: str, holds: bool) -> float:
        """For how many seconds something called `name` has been so each time that it was looked at; 0 if it is not."""
        if not holds:
            self._since.pop(name, None)
            return 0.0
        return self.now() - self._since.setdefault(name, self.now())

    def of_stage(self, stage: str) -> tuple[Document, ...]:
        """The documents that a stage applies; what belongs to a tablet that is left out stays as it is."""
        return tuple(each for each in of_stage(self.documents, stage) if each.subject not in self.left_out)

    def present(self, shard: Shard) -> tuple[Tablet, ...]:
        """The tablets of a shard that are not left out."""
        return tuple(tablet for tablet in shard.tablets if tablet.alias not in self.left_out)

    def components(self, component: str, tablet: Tablet) -> list[ComponentStatus]:
        """What runs a part of a tablet, as the target knows it: on Kubernetes the pod is its `vttablet`."""
        everything = self.target.components()
        return [each for each in everything if (each.component, each.subject) == (component, tablet.alias)]

    def tablet_page(self, tablet: Tablet, path: str) -> http.Answer:
        """A page of a vttablet."""
        return self.get(self.target.address("vttablet", tablet.alias, "http"), path)
