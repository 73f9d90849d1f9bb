"""Every call to vtctld that vitessctl knows: one table for the client and for the stand-in servers.

It takes the place of generated stubs. This module imports the messages but not grpc.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.message import Message

from vitessctl.vtctld.proto import vtctldata_pb2

SERVICE = "vtctlservice.Vtctld"
"""The service of releases from 9; complete enough for vitessctl from 14."""
LEGACY_SERVICE = "vtctlservice.Vtctl"
"""The service that every release has: one call, which takes a command line and streams its output."""

UNARY = "unary"
SERVER_STREAM = "server_stream"


@dataclass(frozen=True)
class Method:
    """One call: where it is, what goes in, what comes out, and whether one answer comes or a stream."""

    service: str
    name: str
    request: type[Message]
    response: type[Message]
    kind: str = UNARY

    @property
    def path(self) -> str:
        """The path that gRPC calls, `/service/Name`."""
        return f"/{self.service}/{self.name}"


NAMES = """
AddCellInfo ApplySchema ApplyVSchema ChangeTabletType CreateKeyspace CreateShard DeleteCellInfo DeleteKeyspace
DeleteTablets EmergencyReparentShard ExecuteFetchAsApp ExecuteFetchAsDBA ExecuteMultiFetchAsDBA
FindAllShardsInKeyspace GetCellInfo GetCellInfoNames GetFullStatus GetKeyspace GetKeyspaces GetSchema GetShard
GetSrvKeyspaces GetSrvVSchema GetTablet GetTablets GetTopologyPath GetVSchema InitShardPrimary PingTablet
PlannedReparentShard RebuildKeyspaceGraph RebuildVSchemaGraph RefreshState ReloadSchemaKeyspace ReparentTablet
RunHealthCheck SetKeyspaceDurabilityPolicy SetWritable ShardReplicationPositions StartReplication StopReplication
TabletExternallyReparented UpdateCellInfo Validate ValidateKeyspace ValidateShard
"""


def _method(service: str, name: str, kind: str = UNARY) -> Method:
    """The method `name`, whose messages are called after it, as all of Vitess's are."""
    request: type[Message] = getattr(vtctldata_pb2, f"{name}Request")
    response: type[Message] = getattr(vtctldata_pb2, f"{name}Response")
    return Method(service, name, request, response, kind)


METHODS: Mapping[str, Method] = {name: _method(SERVICE, name) for name in NAMES.split()}
"""The calls of `SERVICE`, by name."""

EXECUTE_VTCTL_COMMAND = _method(LEGACY_SERVICE, "ExecuteVtctlCommand", SERVER_STREAM)
"""The one call of `LEGACY_SERVICE`."""
