"""What a handler of vtctld has at hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.servenv.times import seconds
from vitessctl.rehearsal.tablet_rpc import TabletManager
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.rehearsal.vtctld.tablets import Tablets
from vitessctl.releases import Release
from vitessctl.vtctld.proto import topodata_pb2 as topodata


@dataclass(frozen=True)
class Call:
    """One call: the topology and the tablets until the client's deadline."""

    topology: Topology
    tablets: Tablets
    log: Log
    deadline: float
    """On time.monotonic()."""
    release: Release
    """The release that vtctld stands for."""

    def time_left(self) -> float:
        """Seconds until the client gives up."""
        return max(0.001, self.deadline - time.monotonic())

    def client(self, alias: topodata.TabletAlias) -> TabletManager:
        """A tablet by alias; a dead one hangs until the client's deadline."""
        return self.tablets.client(self.topology.tablet(alias), self.time_left())

    def brief(self, tablet: topodata.Tablet) -> TabletManager:
        """A tablet for one step of many: it may take a remote operation's time."""
        return self.tablets.client(tablet, min(self.time_left(), seconds("remote_operation")))

    def shard_names(self, keyspace: str) -> Sequence[str]:
        """The shards of a keyspace, by listing their directory: that is what the error then names."""
        try:
            return self.topology.shard_names(keyspace)
        except TopologyError as error:
            raise as_directory(error) from None

    def shard_primary(self, keyspace: str, shard: str) -> topodata.Tablet:
        """The tablet that the shard's record names. Refused where there is none."""
        record = self.topology.shard(keyspace, shard)
        if not record.HasField("primary_alias"):
            raise Refused(f"no primary tablet for shard {keyspace}/{shard}")
        return self.topology.tablet(record.primary_alias)


def as_directory(error: TopologyError) -> TopologyError:
    """The error of a call that lists a directory: real servers write a slash behind the path."""
    return TopologyError(error.reason, f"{error.path}/")


Handler = Callable[[Call, Any], Any]
"""Takes a call and its request, gives its response; Refused, TopologyError and TabletError become UNKNOWN."""
Handlers = Mapping[str, Handler]
