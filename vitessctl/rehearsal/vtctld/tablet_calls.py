"""Calls that vtctld passes on to one tablet. About a dead tablet they hang until the client's deadline."""

from __future__ import annotations

from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import Refused, alias_proto_text, alias_text
from vitessctl.rehearsal.vtctld import convert
from vitessctl.rehearsal.vtctld.call import Call, Handlers
from vitessctl.rehearsal.vtctld.durability import policy_of
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vtctldata_pb2 as pb


def ping(call: Call, request: pb.PingTabletRequest) -> pb.PingTabletResponse:
    """Whether the vttablet answers; its MySQL may be dead."""
    call.client(request.tablet_alias).ping()
    return pb.PingTabletResponse()


def run_health_check(call: Call, request: pb.RunHealthCheckRequest) -> pb.RunHealthCheckResponse:
    """Have it look at itself; says nothing about what it saw."""
    call.client(request.tablet_alias).run_health_check()
    return pb.RunHealthCheckResponse()


def refresh_state(call: Call, request: pb.RefreshStateRequest) -> pb.RefreshStateResponse:
    """Have it read its record again."""
    call.client(request.tablet_alias).refresh_state()
    return pb.RefreshStateResponse()


def set_writable(call: Call, request: pb.SetWritableRequest) -> pb.SetWritableResponse:
    """Turn read_only off or on."""
    client = call.client(request.tablet_alias)
    if request.writable:
        client.set_read_write()
    else:
        client.set_read_only()
    return pb.SetWritableResponse()


def full_status(call: Call, request: pb.GetFullStatusRequest) -> pb.GetFullStatusResponse:
    """All that its MySQL says."""
    status = call.client(request.tablet_alias).full_status()
    return pb.GetFullStatusResponse(status=convert.full_status(status))


def fetch_as_dba(call: Call, request: pb.ExecuteFetchAsDBARequest) -> pb.ExecuteFetchAsDBAResponse:
    """One statement; `max_rows` 0 means that no row is allowed."""
    client = call.client(request.tablet_alias)
    result = client.execute_fetch_as_dba(request.query, request.max_rows, request.disable_binlogs)
    if request.reload_schema:
        client.reload_schema()
    return pb.ExecuteFetchAsDBAResponse(result=convert.query_result(result))


def multi_fetch_as_dba(call: Call, request: pb.ExecuteMultiFetchAsDBARequest) -> pb.ExecuteMultiFetchAsDBAResponse:
    """Several statements, until one fails."""
    client = call.client(request.tablet_alias)
    results = client.execute_multi_fetch_as_dba(request.sql, request.max_rows, request.disable_binlogs)
    if request.reload_schema:
        client.reload_schema()
    return pb.ExecuteMultiFetchAsDBAResponse(results=map(convert.query_result, results))


def fetch_as_app(call: Call, request: pb.ExecuteFetchAsAppRequest) -> pb.ExecuteFetchAsAppResponse:
    """One statement as the app's user, without a database."""
    result = call.client(request.tablet_alias).execute_fetch_as_app(request.query, request.max_rows)
    return pb.ExecuteFetchAsAppResponse(result=convert.query_result(result))


def get_schema(call: Call, request: pb.GetSchemaRequest) -> pb.GetSchemaResponse:
    """The tables of its database."""
    try:
        client = call.client(request.tablet_alias)
    except TopologyError as error:
        raise Refused(f"GetTablet({alias_proto_text(request.tablet_alias)}) failed: {error}") from None
    found = client.get_schema(
        list(request.tables), list(request.exclude_tables), request.include_views, request.table_names_only
    )
    return pb.GetSchemaResponse(schema=convert.schema(found))


def start_replication(call: Call, request: pb.StartReplicationRequest) -> pb.StartReplicationResponse:
    """Start both threads, with semi-sync as the keyspace's policy has it."""
    tablet, primary = _with_primary(call, request.tablet_alias)
    _, policy = policy_of(call.topology, tablet.keyspace)
    client = call.tablets.client(tablet, call.time_left())
    client.start_replication(policy.acknowledges(primary, tablet))
    return pb.StartReplicationResponse()


def stop_replication(call: Call, request: pb.StopReplicationRequest) -> pb.StopReplicationResponse:
    """Stop both threads."""
    call.client(request.tablet_alias).stop_replication()
    return pb.StopReplicationResponse()


def reparent(call: Call, request: pb.ReparentTabletRequest) -> pb.ReparentTabletResponse:
    """Point a replica at its shard's primary; stopped threads stay stopped."""
    tablet, primary = _with_primary(call, request.tablet)
    if primary.alias == tablet.alias:
        raise Refused(f"cannot ReparentTablet current shard primary ({alias_text(tablet.alias)}) onto itself")
    _, policy = policy_of(call.topology, tablet.keyspace)
    call.tablets.client(tablet, call.time_left()).set_replication_source(
        alias_text(primary.alias),
        primary.mysql_hostname,
        primary.mysql_port,
        start=False,
        semi_sync=policy.acknowledges(primary, tablet),
        wait_position="",
        seconds=0,
    )
    return pb.ReparentTabletResponse(keyspace=tablet.keyspace, shard=tablet.shard, primary=primary.alias)


def externally_reparented(
    call: Call, request: pb.TabletExternallyReparentedRequest
) -> pb.TabletExternallyReparentedResponse:
    """Declare a tablet primary whose MySQL somebody else promoted; nothing happens if it is primary already."""
    tablet = call.topology.tablet(request.tablet)
    old = call.topology.shard(tablet.keyspace, tablet.shard).primary_alias
    if tablet.type != topodata.PRIMARY:
        _, policy = policy_of(call.topology, tablet.keyspace)
        call.tablets.client(tablet, call.time_left()).change_type("primary", policy.ackers > 0)
    return pb.TabletExternallyReparentedResponse(
        keyspace=tablet.keyspace, shard=tablet.shard, new_primary=request.tablet, old_primary=old
    )


def _with_primary(call: Call, alias: topodata.TabletAlias) -> tuple[topodata.Tablet, topodata.Tablet]:
    """A tablet and its shard's primary, which must know that it is one."""
    tablet = call.topology.tablet(alias)
    primary = call.shard_primary(tablet.keyspace, tablet.shard)
    if primary.type != topodata.PRIMARY:
        raise Refused(f"TopologyServer has incosistent state for shard primary {alias_text(primary.alias)}")
    return tablet, primary


HANDLERS: Handlers = {
    "PingTablet": ping,
    "RunHealthCheck": run_health_check,
    "RefreshState": refresh_state,
    "SetWritable": set_writable,
    "GetFullStatus": full_status,
    "ExecuteFetchAsDBA": fetch_as_dba,
    "ExecuteMultiFetchAsDBA": multi_fetch_as_dba,
    "ExecuteFetchAsApp": fetch_as_app,
    "GetSchema": get_schema,
    "StartReplication": start_replication,
    "StopReplication": stop_replication,
    "ReparentTablet": reparent,
    "TabletExternallyReparented": externally_reparented,
}
