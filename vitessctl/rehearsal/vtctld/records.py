"""Calls about tablets' records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from vitessctl.rehearsal.topology import Reason, TopologyError
from vitessctl.rehearsal.topology_names import Refused, alias_proto_text, alias_text, nanoseconds_of, type_name
from vitessctl.rehearsal.topology_records import by_shard
from vitessctl.rehearsal.vtctld.call import Call, Handlers
from vitessctl.rehearsal.vtctld.durability import policy_of
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vtctldata_pb2 as pb

CHANGEABLE = (topodata.REPLICA, topodata.RDONLY, topodata.SPARE, topodata.EXPERIMENTAL, topodata.DRAINED)
"""Between these a tablet may be changed by hand; PRIMARY, BACKUP and RESTORE come about otherwise."""
GETS_ALL: Final = "..12"
"""These call the reading of a cell's tablets GetAllTablets. (12 does and 14 does not; 13 is a guess.)"""


def get(call: Call, request: pb.GetTabletRequest) -> pb.GetTabletResponse:
    """One tablet's record as it stands."""
    return pb.GetTabletResponse(tablet=call.topology.tablet(request.tablet_alias))


def get_all(call: Call, request: pb.GetTabletsRequest) -> pb.GetTabletsResponse:
    """Tablets by alias, by shard, or by cell and keyspace. A keyspace that does not exist has none: no error."""
    if request.tablet_aliases:
        found: Iterable[topodata.Tablet] = _by_alias(call, request)
    elif request.keyspace and request.shard:
        found = _of_shard(call, request)
    else:
        found = (tablet for tablet in _of_cells(call, request) if request.keyspace in ("", tablet.keyspace))
    wanted = [tablet for tablet in found if request.tablet_type in (topodata.UNKNOWN, tablet.type)]
    shown = sorted(stale_primaries_unknown(wanted), key=lambda tablet: alias_text(tablet.alias))
    return pb.GetTabletsResponse(tablets=shown)


def stale_primaries_unknown(tablets: Sequence[topodata.Tablet]) -> Sequence[topodata.Tablet]:
    """As vtctld shows them: of several PRIMARY records of a shard the ones with older terms are UNKNOWN.

    So the record of a primary that died and was replaced reads `unknown`, though nobody wrote that.
    """
    for group in by_shard(tablets).values():
        newest = max(nanoseconds_of(tablet.primary_term_start_time) for tablet in group)
        for tablet in group:
            if tablet.type == topodata.PRIMARY and nanoseconds_of(tablet.primary_term_start_time) < newest:
                tablet.type = topodata.UNKNOWN
    return tablets


def delete(call: Call, request: pb.DeleteTabletsRequest) -> pb.DeleteTabletsResponse:
    """Remove records; a primary's only when told so."""
    for alias in request.tablet_aliases:
        tablet = call.topology.tablet(alias)
        if is_primary(call, tablet) and not request.allow_primary:
            raise Refused(f"cannot delete tablet {alias_text(alias)} as it is a primary, pass AllowPrimary = true")
        call.topology.delete_tablet(alias)
    return pb.DeleteTabletsResponse()


def change_type(call: Call, request: pb.ChangeTabletTypeRequest) -> pb.ChangeTabletTypeResponse:
    """Change a replica's type, through the tablet itself."""
    before = call.topology.tablet(request.tablet_alias)
    if before.type not in CHANGEABLE or request.db_type not in CHANGEABLE:
        change = f"{type_name(before.type)} -> {type_name(request.db_type)}"
        raise Refused(
            f"tablet {alias_proto_text(before.alias)} type change {change} "
            "is not an allowed transition for ChangeTabletType"
        )
    wanted = topodata.Tablet()
    wanted.CopyFrom(before)
    wanted.type = request.db_type
    if request.dry_run:
        return pb.ChangeTabletTypeResponse(before_tablet=before, after_tablet=wanted, was_dry_run=True)
    _, policy = policy_of(call.topology, before.keyspace)
    primary = call.shard_primary(before.keyspace, before.shard)
    client = call.tablets.client(before, call.time_left())
    client.change_type(type_name(request.db_type).lower(), policy.acknowledges(primary, wanted))
    after = call.topology.tablet(request.tablet_alias)
    return pb.ChangeTabletTypeResponse(before_tablet=before, after_tablet=after)


def _by_alias(call: Call, request: pb.GetTabletsRequest) -> Iterable[topodata.Tablet]:
    for alias in request.tablet_aliases:
        try:
            yield call.topology.tablet(alias)
        except TopologyError as error:
            if request.strict or error.reason is not Reason.ABSENT:
                raise Refused(f"GetTabletMap({alias_text(alias)}) failed: {error}") from None


def _of_shard(call: Call, request: pb.GetTabletsRequest) -> Iterable[topodata.Tablet]:
    try:
        return call.topology.tablets_of_shard(request.keyspace, request.shard).values()
    except TopologyError as error:
        raise Refused(f"GetTabletMapForShard({request.keyspace}, {request.shard}) failed: {error}") from None


def _of_cells(call: Call, request: pb.GetTabletsRequest) -> Iterable[topodata.Tablet]:
    cells = list(request.cells) or call.topology.cell_names()
    if not cells:
        raise TopologyError(Reason.ABSENT, call.topology.store.path("cells/"))
    found: list[topodata.Tablet] = []
    errors: list[str] = []
    old = call.release.within(GETS_ALL)
    for cell in cells:
        try:
            found += call.topology.tablets_of_cell(cell)
        except TopologyError as error:
            call_name = f"GetAllTablets(cell = {cell})" if old else f"GetTabletsByCell({cell})"
            errors.append(f"{call_name} failed: {error}")
    if errors and (request.strict or len(errors) == len(cells)):
        raise Refused(";".join(errors))
    return found


def is_primary(call: Call, tablet: topodata.Tablet) -> bool:
    """Whether a tablet is its shard's primary, by its own record and by the shard's."""
    if tablet.type != topodata.PRIMARY:
        return False
    try:
        return call.topology.shard(tablet.keyspace, tablet.shard).primary_alias == tablet.alias
    except TopologyError:
        return True


HANDLERS: Handlers = {
    "GetTablet": get,
    "GetTablets": get_all,
    "DeleteTablets": delete,
    "ChangeTabletType": change_type,
}
