"""What of the newer service a release has: which calls, and which fields of their requests.

From the releases' own .proto files. A call that is not there yet is UNIMPLEMENTED, as gRPC answers for it; a field that
is not there yet is passed over, as protobuf does with what it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from google.protobuf.message import Message

from vitessctl.releases import Release

SERVICE_SINCE: Final = "9.."
CALLS: Final[Mapping[str, str]] = {
    "9..": "FindAllShardsInKeyspace GetKeyspace GetKeyspaces",
    "10..": (
        "ChangeTabletType CreateKeyspace CreateShard DeleteKeyspace DeleteTablets EmergencyReparentShard GetCellInfo "
        "GetCellInfoNames GetSchema GetShard GetSrvKeyspaces GetSrvVSchema GetTablet GetTablets GetVSchema "
        "InitShardPrimary PlannedReparentShard ReparentTablet ShardReplicationPositions TabletExternallyReparented"
    ),
    "11..": "AddCellInfo ApplyVSchema DeleteCellInfo RebuildVSchemaGraph RefreshState UpdateCellInfo",
    "12..": (
        "PingTablet RebuildKeyspaceGraph RunHealthCheck SetWritable StartReplication StopReplication Validate "
        "ValidateKeyspace ValidateShard"
    ),
    "13..": "ApplySchema ReloadSchemaKeyspace",
    "14..": "ExecuteFetchAsApp ExecuteFetchAsDBA SetKeyspaceDurabilityPolicy",
    "15..": "GetFullStatus GetTopologyPath",
    "20..": "ExecuteMultiFetchAsDBA",
}
"""Range of releases to the calls that came with its first."""
FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "CreateKeyspace": {"durability_policy": "14..", "sidecar_db_name": "17.."},
    "DeleteKeyspace": {"force": "14.."},
    "GetTablets": {"tablet_type": "13.."},
    "PlannedReparentShard": {"expected_primary": "21..", "allow_cross_cell_promotion": "21.."},
    "EmergencyReparentShard": {
        "prevent_cross_cell_promotion": "13..",
        "wait_for_all_tablets": "18..",
        "expected_primary": "21..",
    },
}
"""Call to those fields of its request that came later than itself."""


def calls(release: Release) -> frozenset[str]:
    """The calls that the release has."""
    return frozenset(name for range_, names in CALLS.items() if release.within(range_) for name in names.split())


def forget_newer(release: Release, name: str, request: Message) -> None:
    """Clear the fields of a request that the release does not know."""
    for field, range_ in FIELDS.get(name, {}).items():
        if not release.within(range_):
            request.ClearField(field)
