"""The reparent calls of vtctld: options from requests, the shard's lock around the work."""

from __future__ import annotations

from vitessctl.rehearsal.topology_lock import shard_lock
from vitessctl.rehearsal.topology_names import alias_text, parse_alias
from vitessctl.rehearsal.vtctld.call import Call, Handlers
from vitessctl.rehearsal.vtctld.emergency import EmergencyOptions, emergency_reparent
from vitessctl.rehearsal.vtctld.events import Events
from vitessctl.rehearsal.vtctld.initial import init_shard_primary
from vitessctl.rehearsal.vtctld.planned import PlannedOptions, planned_reparent
from vitessctl.rehearsal.vtctld.reparent import Place, wait_seconds
from vitessctl.vtctld.proto import vtctldata_pb2 as pb


def planned(call: Call, request: pb.PlannedReparentShardRequest) -> pb.PlannedReparentShardResponse:
    """Move the primary while everybody is well, or make the first one."""
    place = _place(call, request.keyspace, request.shard)
    new, avoid = alias_text(request.new_primary), alias_text(request.avoid_primary)
    options = PlannedOptions(
        new_primary=new,
        avoid_primary=avoid,
        expected_primary=alias_text(request.expected_primary),
        wait=wait_seconds(request.wait_replicas_timeout),
        allow_cross_cell=request.allow_cross_cell_promotion,
    )
    action = f"PlannedReparentShard({new or '<nil>'}, AvoidPrimary = {avoid or '<nil>'})"
    with shard_lock(call.topology, request.keyspace, request.shard, action):
        promoted = planned_reparent(place, options)
    return pb.PlannedReparentShardResponse(
        keyspace=request.keyspace,
        shard=request.shard,
        promoted_primary=parse_alias(promoted),
        events=place.events.lines,
    )


def emergency(call: Call, request: pb.EmergencyReparentShardRequest) -> pb.EmergencyReparentShardResponse:
    """Replace a primary that is lost."""
    place = _place(call, request.keyspace, request.shard)
    new = alias_text(request.new_primary)
    action = f"EmergencyReparentShard({new})" if new else "EmergencyReparentShard"
    options = EmergencyOptions(
        new_primary=new,
        expected_primary=alias_text(request.expected_primary),
        ignored=frozenset(alias_text(alias) for alias in request.ignore_replicas),
        wait=wait_seconds(request.wait_replicas_timeout),
        prevent_cross_cell=request.prevent_cross_cell_promotion,
        wait_for_all=request.wait_for_all_tablets,
        action=action,
    )
    with shard_lock(call.topology, request.keyspace, request.shard, action):
        promoted = emergency_reparent(place, options)
    return pb.EmergencyReparentShardResponse(
        keyspace=request.keyspace,
        shard=request.shard,
        promoted_primary=parse_alias(promoted),
        events=place.events.lines,
    )


def initial(call: Call, request: pb.InitShardPrimaryRequest) -> pb.InitShardPrimaryResponse:
    """Make a tablet primary, by force against all sense."""
    place = _place(call, request.keyspace, request.shard)
    elected = alias_text(request.primary_elect_tablet_alias)
    with shard_lock(call.topology, request.keyspace, request.shard, f"InitShardPrimary({elected})"):
        init_shard_primary(place, elected, request.force, wait_seconds(request.wait_replicas_timeout))
    return pb.InitShardPrimaryResponse(events=place.events.lines)


def _place(call: Call, keyspace: str, shard: str) -> Place:
    return Place(call.topology, call.tablets, Events(call.log), keyspace, shard, call.release)


HANDLERS: Handlers = {
    "PlannedReparentShard": planned,
    "EmergencyReparentShard": emergency,
    "InitShardPrimary": initial,
}
