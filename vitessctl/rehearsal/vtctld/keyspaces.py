"""Calls about keyspaces and shards."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Final

from vitessctl.rehearsal.topology import Reason, TopologyError
from vitessctl.rehearsal.topology_graph import rebuild_keyspace, rebuild_srv_vschema
from vitessctl.rehearsal.topology_lock import keyspace_lock, shard_lock
from vitessctl.rehearsal.topology_names import ANY_NAME, Refused
from vitessctl.rehearsal.topology_records import Topology, srv_keyspace_path
from vitessctl.rehearsal.vtctld.call import Call, Handlers
from vitessctl.rehearsal.vtctld.durability import POLICIES
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vschema_pb2 as vschema
from vitessctl.vtctld.proto import vtctldata_pb2 as pb

NO_SHARDS: Final = (
    ("..17", "failed to get list of shards for keyspace '{keyspace}': {error}/"),
    ("18..", "FindAllShardsInKeyspace({keyspace}): List: {error}"),
)
"""What is said of the shards of a keyspace that is not there. (17 says the one and 19 the other; 18 is a guess.)"""


def get_all(call: Call, request: pb.GetKeyspacesRequest) -> pb.GetKeyspacesResponse:
    """All keyspaces."""
    found = [_named(call.topology, name) for name in call.topology.keyspace_names()]
    return pb.GetKeyspacesResponse(keyspaces=found)


def get(call: Call, request: pb.GetKeyspaceRequest) -> pb.GetKeyspaceResponse:
    """One keyspace."""
    return pb.GetKeyspaceResponse(keyspace=_named(call.topology, request.keyspace))


def create(call: Call, request: pb.CreateKeyspaceRequest) -> pb.CreateKeyspaceResponse:
    """Add a keyspace, with any word as its durability policy; without a sidecar name none is written."""
    record = topodata.Keyspace(
        keyspace_type=request.type,
        base_keyspace=request.base_keyspace,
        durability_policy=request.durability_policy,
        sidecar_db_name=request.sidecar_db_name,
    )
    try:
        call.topology.create_keyspace(request.name, record, any_name=call.release.within(ANY_NAME))
    except Refused as error:
        raise Refused(f"CreateKeyspace: {error}: {error}") from None
    except TopologyError as error:
        if error.reason is not Reason.EXISTS or not request.force:
            raise
    if not request.allow_empty_v_schema:
        ensure_vschema(call.topology, request.name)
    rebuild_srv_vschema(call.topology)
    return pb.CreateKeyspaceResponse(keyspace=_named(call.topology, request.name))


def set_durability(
    call: Call, request: pb.SetKeyspaceDurabilityPolicyRequest
) -> pb.SetKeyspaceDurabilityPolicyResponse:
    """Set the policy; here, unlike at creation, only a real one."""
    with keyspace_lock(call.topology, request.keyspace, "SetKeyspaceDurabilityPolicy"):
        record = call.topology.keyspace(request.keyspace)
        if request.durability_policy not in POLICIES:
            raise Refused(
                f"durability policy <{request.durability_policy}> is not a valid policy. "
                "Please register it as a policy first"
            )
        record.durability_policy = request.durability_policy
        call.topology.update_keyspace(request.keyspace, record)
    return pb.SetKeyspaceDurabilityPolicyResponse(keyspace=record)


def delete(call: Call, request: pb.DeleteKeyspaceRequest) -> pb.DeleteKeyspaceResponse:
    """Remove a keyspace; with `recursive` its shards and tablets too. The SrvVSchema keeps it until it is rebuilt."""
    topology, name = call.topology, request.keyspace
    try:
        topology.store.names(topology.keyspace_directory(name))
    except TopologyError as error:
        hint = f"failed to lock {name}; if you really want to delete this keyspace, re-run with Force=true"
        raise Refused(f"{hint}: {error}/") from None
    with keyspace_lock(topology, name, "DeleteKeyspace") if not request.force else nullcontext():
        shards = topology.shard_names(name)
        if shards and not request.recursive:
            hint = "use Recursive=true or remove them manually"
            raise Refused(f"keyspace {name} still has {len(shards)} shards; {hint}")
        for shard in shards:
            delete_shard(topology, name, shard)
        for cell in topology.cell_names():
            store = topology.cell_store(cell)
            _without_absent(store.delete, srv_keyspace_path(store, name))
        topology.delete_keyspace(name)
    return pb.DeleteKeyspaceResponse()


def find_shards(call: Call, request: pb.FindAllShardsInKeyspaceRequest) -> pb.FindAllShardsInKeyspaceResponse:
    """All shards of a keyspace."""
    try:
        names = call.topology.shard_names(request.keyspace)
    except TopologyError as error:
        told = next(text for range_, text in NO_SHARDS if call.release.within(range_))
        raise Refused(told.format(keyspace=request.keyspace, error=error)) from None
    found = {name: _named_shard(call.topology, request.keyspace, name) for name in names}
    return pb.FindAllShardsInKeyspaceResponse(shards=found)


def get_shard(call: Call, request: pb.GetShardRequest) -> pb.GetShardResponse:
    """One shard."""
    return pb.GetShardResponse(shard=_named_shard(call.topology, request.keyspace, request.shard_name))


def create_shard(call: Call, request: pb.CreateShardRequest) -> pb.CreateShardResponse:
    """Add a shard; `include_parent` adds the keyspace without any policy, `force` takes what is there."""
    topology, any_name = call.topology, call.release.within(ANY_NAME)
    if request.include_parent:
        parent = topodata.Keyspace()
        _tolerating_existing(lambda: topology.create_keyspace(request.keyspace, parent, any_name), request.force)

    def make() -> None:
        with keyspace_lock(topology, request.keyspace, "CreateShard"):
            topology.create_shard(request.keyspace, request.shard_name, any_name)

    existed = _tolerating_existing(make, request.force)
    return pb.CreateShardResponse(
        keyspace=_named(topology, request.keyspace),
        shard=_named_shard(topology, request.keyspace, request.shard_name),
        shard_already_exists=existed,
    )


def rebuild_graph(call: Call, request: pb.RebuildKeyspaceGraphRequest) -> pb.RebuildKeyspaceGraphResponse:
    """Write the SrvKeyspace records anew."""
    with keyspace_lock(call.topology, request.keyspace, "RebuildKeyspace"):
        rebuild_keyspace(call.topology, request.keyspace, list(request.cells))
    return pb.RebuildKeyspaceGraphResponse()


def get_srv(call: Call, request: pb.GetSrvKeyspacesRequest) -> pb.GetSrvKeyspacesResponse:
    """What the cells' vtgates know of a keyspace; cells without it have an empty answer."""
    found = pb.GetSrvKeyspacesResponse()
    for cell in request.cells or call.topology.cell_names():
        try:
            record = call.topology.srv_keyspace(cell, request.keyspace)
        except TopologyError as error:
            if error.reason is not Reason.ABSENT:
                raise
            record = topodata.SrvKeyspace()
        found.srv_keyspaces[cell].CopyFrom(record)
    return found


def _named(topology: Topology, name: str) -> pb.Keyspace:
    return pb.Keyspace(name=name, keyspace=topology.keyspace(name))


def _named_shard(topology: Topology, keyspace: str, name: str) -> pb.Shard:
    return pb.Shard(keyspace=keyspace, name=name, shard=topology.shard(keyspace, name))


def ensure_vschema(topology: Topology, keyspace: str) -> None:
    """Give a keyspace an empty VSchema if it has none."""
    try:
        topology.vschema(keyspace)
    except TopologyError as error:
        if error.reason is not Reason.ABSENT:
            raise
        topology.save_vschema(keyspace, vschema.Keyspace())


def delete_shard(topology: Topology, keyspace: str, shard: str) -> None:
    """Remove a shard's record with those of its tablets."""
    with shard_lock(topology, keyspace, shard, "DeleteShard"):
        for tablet in topology.tablets_of_shard(keyspace, shard).values():
            topology.delete_tablet(tablet.alias)
        topology.delete_shard(keyspace, shard)


def _tolerating_existing(make: Callable[[], object], tolerant: bool) -> bool:
    """Make something; whether it was there already, which only a tolerant caller hears."""
    try:
        make()
    except TopologyError as error:
        if error.reason is not Reason.EXISTS or not tolerant:
            raise
        return True
    return False


def _without_absent(delete: Callable[[str], None], path: str) -> None:
    try:
        delete(path)
    except TopologyError as error:
        if error.reason is not Reason.ABSENT:
            raise


HANDLERS: Handlers = {
    "GetKeyspaces": get_all,
    "GetKeyspace": get,
    "CreateKeyspace": create,
    "SetKeyspaceDurabilityPolicy": set_durability,
    "DeleteKeyspace": delete,
    "FindAllShardsInKeyspace": find_shards,
    "GetShard": get_shard,
    "CreateShard": create_shard,
    "RebuildKeyspaceGraph": rebuild_graph,
    "GetSrvKeyspaces": get_srv,
}
