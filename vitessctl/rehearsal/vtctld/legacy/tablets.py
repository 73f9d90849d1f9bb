"""Legacy commands about tablets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from vitessctl.rehearsal.tablet_rpc import QueryResult, TabletManager
from vitessctl.rehearsal.topology import Reason, TopologyError
from vitessctl.rehearsal.topology_names import Refused, alias_proto_text, alias_text, type_name, type_number
from vitessctl.rehearsal.vtctld import inspection, records, tablet_calls
from vitessctl.rehearsal.vtctld.legacy.job import Job, Work
from vitessctl.rehearsal.vtctld.legacy.lines import kind_of, tablet_line
from vitessctl.rehearsal.vtctld.legacy.records import proto_json
from vitessctl.rehearsal.vtctld.legacy.rows import rows_json, rows_table
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vtctldata_pb2 as pb

MAX_ROWS: Final = 10000
STALE_HIDDEN: Final = "7.."
"""From here on an old primary's record is listed as `unknown`."""


def get(job: Job) -> None:
    """GetTablet"""
    job.output.write(proto_json(job.call.topology.tablet(job.alias(job.words[0])), job.release))


def delete(job: Job) -> None:
    """DeleteTablet"""
    for alias in [job.alias(word) for word in job.words]:
        _delete(job, job.call.topology.tablet(alias))


def _delete(job: Job, tablet: topodata.Tablet) -> None:
    topology, alias, word = job.call.topology, tablet.alias, job.release.primary_type
    if records.is_primary(job.call, tablet) and not job.true("allow_primary", "allow_master"):
        raise Refused(f"cannot delete tablet {alias_text(alias)} as it is a {word}, use allow_{word} flag")
    topology.delete_tablet(alias)
    if tablet.type == topodata.PRIMARY:
        topology.update_shard(tablet.keyspace, tablet.shard, lambda record: _unname(record, alias))


def _unname(record: topodata.Shard, alias: topodata.TabletAlias) -> bool:
    """Take a primary out of its shard's record."""
    named = record.primary_alias == alias
    if named:
        record.ClearField("primary_alias")
    return named


def list_all(job: Job) -> None:
    """ListAllTablets: until 3 the cell has to be named; from 10 on as GetTablets of the other service lists them."""
    cells = job.words[0].split(",") if len(job.words) == 1 else []
    if job.release.within("10.."):
        kind = _kind(job, job.text("tablet_type")) if job.text("tablet_type") else topodata.UNKNOWN
        request = pb.GetTabletsRequest(cells=cells, keyspace=job.text("keyspace"), tablet_type=kind)
        _print(job, records.get_all(job.call, request).tablets)
        return
    for cell in cells or _known_cells(job):
        found = job.call.topology.tablets_of_cell(cell)
        _print(job, records.stale_primaries_unknown(found) if job.release.within(STALE_HIDDEN) else found)


def _known_cells(job: Job) -> Sequence[str]:
    """All cells; where there is none, their directory is not there either."""
    topology = job.call.topology
    found = topology.cell_names()
    if not found:
        raise TopologyError(Reason.ABSENT, topology.store.path("cells/"))
    return found


def list_shard(job: Job) -> None:
    """ListShardTablets: from 10 on as GetTablets of the other service."""
    keyspace, shard = job.shard(job.words[0])
    if job.release.within("10.."):
        _print(job, records.get_all(job.call, pb.GetTabletsRequest(keyspace=keyspace, shard=shard)).tablets)
        return
    found = job.call.topology.tablets_of_shard(keyspace, shard)
    _print(job, (found[alias] for alias in sorted(found)))


def list_some(job: Job) -> None:
    """ListTablets: those that are not there are passed over."""
    for alias in [job.alias(word) for word in job.words]:
        try:
            _print(job, [job.call.topology.tablet(alias)])
        except TopologyError as error:
            if error.reason is not Reason.ABSENT:
                raise


def _print(job: Job, tablets: Iterable[topodata.Tablet]) -> None:
    for tablet in tablets:
        job.output.write(tablet_line(tablet, job.release) + "\n")


def _kind(job: Job, word: str) -> topodata.TabletType:
    try:
        return type_number(word)
    except KeyError:
        raise Refused(f"invalid tablet type {word}: unknown TabletType {word}") from None


def change_type(job: Job) -> None:
    """ChangeTabletType, ChangeSlaveType"""
    alias, kind = job.alias(job.words[0]), _kind(job, job.words[1])
    tablet = job.call.topology.tablet(alias)
    if tablet.type not in records.CHANGEABLE or kind not in records.CHANGEABLE:
        before, after = (
            kind_of(each, job.release).upper() if each == topodata.PRIMARY else type_name(each)
            for each in (tablet.type, kind)
        )
        raise Refused(f"tablet {tablet.alias} type change {before} -> {after} is not an allowed transition")
    if job.true("dry-run"):
        job.output.write(f"- {tablet_line(tablet, job.release)}\n")
        tablet.type = kind
        job.output.write(f"+ {tablet_line(tablet, job.release)}\n")
        return
    records.change_type(job.call, pb.ChangeTabletTypeRequest(tablet_alias=alias, db_type=kind))


Unread = Sequence[tuple[str, str]]
READS: Final[Unread] = (("..11", "failed reading tablet {printed}: {error}"),)
REFRESHES: Final[Unread] = (
    ("11..16", "Failed to get tablet {alias}: {error}"),
    ("17..", "failed to get tablet {alias}: {error}"),
)
"""What is said of a tablet whose record cannot be read, where it is more than the error itself."""


def _telling(action: Callable[[TabletManager], None], unread: Unread = ()) -> Work:
    """A command that passes something on to one tablet."""

    def work(job: Job) -> None:
        alias = job.alias(job.words[0])
        try:
            client = job.call.client(alias)
        except TopologyError as error:
            for range_, text in unread:
                if job.release.within(range_):
                    words = text.format(printed=as_go_prints(job, alias), alias=alias_text(alias), error=error)
                    raise Refused(words) from None
            raise
        action(client)

    return work


def as_go_prints(job: Job, alias: topodata.TabletAlias) -> str:
    """An alias as the release's protobuf prints it: with a space behind it until 10."""
    return alias_proto_text(alias) + (" " if job.release.within("..10") else "")


def start_replication(job: Job) -> None:
    """StartReplication, StartSlave: until 11 without a look at the shard's primary."""
    if job.release.within("12.."):
        request = pb.StartReplicationRequest(tablet_alias=job.alias(job.words[0]))
        tablet_calls.start_replication(job.call, request)
    else:
        _telling(lambda client: client.start_replication(False), READS)(job)


def fetch_as_dba(job: Job) -> None:
    """ExecuteFetchAsDba"""
    client = job.call.client(job.alias(job.words[0]))
    binlogs_off = job.true("disable_binlogs")
    result = client.execute_fetch_as_dba(job.words[1], job.number("max_rows", MAX_ROWS), disable_binlogs=binlogs_off)
    if job.true("reload_schema"):
        client.reload_schema()
    _print_rows(job, result)


def fetch_as_app(job: Job) -> None:
    """ExecuteFetchAsApp"""
    client = job.call.client(job.alias(job.words[0]))
    _print_rows(job, client.execute_fetch_as_app(job.words[1], job.number("max_rows", MAX_ROWS)))


def _print_rows(job: Job, result: QueryResult) -> None:
    if job.true("json"):
        job.output.write(rows_json(result, job.release))
        return
    for line in rows_table(result):
        job.output.write(line)


def positions(job: Job) -> None:
    """ShardReplicationPositions: each tablet's line with its position and lag behind it, the primary first."""
    keyspace, shard = job.shard(job.words[0])
    request = pb.ShardReplicationPositionsRequest(keyspace=keyspace, shard=shard)
    if job.release.within("..9"):
        job.call.topology.shard(keyspace, shard)
    found = inspection.positions(job.call, request)
    tablets = sorted(found.tablet_map.items(), key=lambda item: (item[1].type, item[0]))
    for alias, tablet in tablets:
        status = found.replication_statuses.get(alias)
        shown = f"{status.position} {status.replication_lag_seconds}" if status else "<err> <err> <err>"
        job.output.write(f"{tablet_line(tablet, job.release)} {shown}\n")


COMMANDS: Final[Mapping[str, Work]] = {
    "GetTablet": get,
    "DeleteTablet": delete,
    "ListAllTablets": list_all,
    "ListShardTablets": list_shard,
    "ListTablets": list_some,
    "Ping": _telling(lambda client: client.ping()),
    "RefreshState": _telling(lambda client: client.refresh_state(), REFRESHES),
    "RunHealthCheck": _telling(lambda client: client.run_health_check()),
    "SetReadOnly": _telling(lambda client: client.set_read_only(), READS),
    "SetReadWrite": _telling(lambda client: client.set_read_write(), READS),
    "StartSlave": start_replication,
    "StartReplication": start_replication,
    "StopSlave": _telling(lambda client: client.stop_replication(), READS),
    "StopReplication": _telling(lambda client: client.stop_replication(), READS),
    "ChangeSlaveType": change_type,
    "ChangeTabletType": change_type,
    "ExecuteFetchAsDba": fetch_as_dba,
    "ExecuteFetchAsApp": fetch_as_app,
    "ShardReplicationPositions": positions,
    "ReloadSchema": _telling(lambda client: client.reload_schema()),
}
