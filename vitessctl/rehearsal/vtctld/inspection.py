"""Calls that look at the whole: positions, Validate, topology paths. They see less than one would think."""

from __future__ import annotations

from typing import Any, Final

from google.protobuf.message import Message

from vitessctl.rehearsal.servenv.times import seconds
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology import Reason, Store, TopologyError
from vitessctl.rehearsal.topology_names import Refused, alias_text
from vitessctl.rehearsal.vtctld import convert
from vitessctl.rehearsal.vtctld.call import Call, Handlers, as_directory
from vitessctl.rehearsal.vtctld.tablets import ask_all
from vitessctl.vtctld.proto import replicationdata_pb2 as replication
from vitessctl.vtctld.proto import topodata_pb2 as topodata
from vitessctl.vtctld.proto import vschema_pb2 as vschema
from vitessctl.vtctld.proto import vtctldata_pb2 as pb

TIMED_OUT: Final = "DeadlineExceeded"
RECORDS: Final[dict[str, type[Message]]] = {
    "CellInfo": topodata.CellInfo,
    "Keyspace": topodata.Keyspace,
    "Shard": topodata.Shard,
    "Tablet": topodata.Tablet,
    "ShardReplication": topodata.ShardReplication,
    "SrvKeyspace": topodata.SrvKeyspace,
    "VSchema": vschema.Keyspace,
    "SrvVSchema": vschema.SrvVSchema,
}


def positions(call: Call, request: pb.ShardReplicationPositionsRequest) -> pb.ShardReplicationPositionsResponse:
    """How far every tablet is. A dead one has an empty status; one that does not replicate makes all of it fail."""
    try:
        tablets = call.topology.tablets_of_shard(request.keyspace, request.shard)
    except TopologyError as error:
        raise Refused(f"GetTabletMapForShard({request.keyspace}, {request.shard}) failed: {error}") from None
    answers = ask_all(tablets, lambda alias, tablet: _position(call, tablet))
    fatal = {alias: error for alias, error in answers.errors.items() if error.code != TIMED_OUT}
    if fatal:
        asked = {alias: _question(tablets[alias]) for alias in fatal}
        raise Refused(";".join(f"{asked[alias]}({alias}) failed: {error}" for alias, error in sorted(fatal.items())))
    statuses = {alias: answers.values.get(alias, replication.Status()) for alias in tablets}
    return pb.ShardReplicationPositionsResponse(replication_statuses=statuses, tablet_map=tablets)


def _question(tablet: topodata.Tablet) -> str:
    return "PrimaryPosition" if tablet.type == topodata.PRIMARY else "ReplicationStatus"


def _position(call: Call, tablet: topodata.Tablet) -> replication.Status:
    client = call.brief(tablet)
    if tablet.type == topodata.PRIMARY:
        return replication.Status(position=convert.position(client.primary_position()))
    return convert.replication_status(client.replication_status())


def validate(call: Call, request: pb.ValidateRequest) -> pb.ValidateResponse:
    """Records against each other, and whether vttablets answer. Broken replication is not seen."""
    keyspaces = call.topology.keyspace_names()
    found = {name: validate_keyspace(call, _keyspace_request(name, request.ping_tablets)) for name in keyspaces}
    return pb.ValidateResponse(results_by_keyspace=found)


def validate_keyspace(call: Call, request: pb.ValidateKeyspaceRequest) -> pb.ValidateKeyspaceResponse:
    """The same for one keyspace."""
    try:
        shards = call.shard_names(request.keyspace)
    except TopologyError as error:
        text = f"TopologyServer.GetShardNames({request.keyspace}) failed: {error}"
        return pb.ValidateKeyspaceResponse(results=[text])
    if not shards:
        return pb.ValidateKeyspaceResponse(results=[f"no shards found in keyspace {request.keyspace}"])
    ping = request.ping_tablets
    requests = {
        shard: pb.ValidateShardRequest(keyspace=request.keyspace, shard=shard, ping_tablets=ping) for shard in shards
    }
    return pb.ValidateKeyspaceResponse(
        results_by_shard={shard: validate_shard(call, one) for shard, one in requests.items()}
    )


def validate_shard(call: Call, request: pb.ValidateShardRequest) -> pb.ValidateShardResponse:
    """The same for one shard."""
    try:
        record = call.topology.shard(request.keyspace, request.shard)
    except TopologyError as error:
        text = f"TopologyServer.GetShard({request.keyspace}, {request.shard}) failed: {error}"
        return pb.ValidateShardResponse(results=[text])
    tablets = dict(call.topology.tablets_of_shard(request.keyspace, request.shard))
    results = _compare_primary(f"{request.keyspace}/{request.shard}", record, tablets)
    if request.ping_tablets:
        results += _ask_primary(call, f"{request.keyspace}/{request.shard}", record, tablets)
        results += _ping(call, tablets)
    return pb.ValidateShardResponse(results=results)


def _compare_primary(shard: str, record: topodata.Shard, tablets: dict[str, topodata.Tablet]) -> list[str]:
    primaries = sorted(alias for alias, tablet in tablets.items() if tablet.type == topodata.PRIMARY)
    if not primaries:
        return [f"no primary for shard {shard}"]
    results = [f"shard {shard} already has primary {primaries[0]} but found other primary {a}" for a in primaries[1:]]
    named = alias_text(record.primary_alias)
    if named != primaries[0]:
        results.append(f"primary mismatch for shard {shard}: found {primaries[0]}, expected {named or '<nil>'}")
    return results


def _ask_primary(call: Call, shard: str, record: topodata.Shard, tablets: dict[str, topodata.Tablet]) -> list[str]:
    """Vitess asks the primary for its replicas' addresses; on one machine all are the same, so nothing is missed."""
    alias = alias_text(record.primary_alias)
    if not alias:
        return [f"no primary in shard record {shard}"]
    if alias not in tablets:
        return [f"primary {alias} not in tablet map"]
    try:
        call.tablets.client(tablets[alias], seconds("validate_ping") / 2).ping()
    except TabletError as error:
        return [f"GetReplicas(Tablet{{{alias}}}) failed: {_coded(error)}"]
    return []


def _ping(call: Call, tablets: dict[str, topodata.Tablet]) -> list[str]:
    def ping(alias: str, tablet: topodata.Tablet) -> None:
        call.tablets.client(tablet, seconds("validate_ping") / 2).ping()

    errors = ask_all(tablets, ping).errors
    return [
        f"Ping({alias}) failed: {_coded(error)} tablet hostname: {tablets[alias].hostname}"
        for alias, error in sorted(errors.items())
    ]


def _coded(error: TabletError) -> str:
    """An error as Vitess prints one of its own: code, text, a line's end."""
    code = "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in error.code).lstrip("_")
    return f"Code: {code}\n{error}\n"


def _keyspace_request(name: str, ping: bool) -> pb.ValidateKeyspaceRequest:
    return pb.ValidateKeyspaceRequest(keyspace=name, ping_tablets=ping)


def topology_path(call: Call, request: pb.GetTopologyPathRequest) -> pb.GetTopologyPathResponse:
    """A directory's children, or a record as text."""
    path = request.path
    if path == "/":
        children = ["global", *call.topology.cell_names()]
        return pb.GetTopologyPathResponse(cell=pb.TopologyCell(path=path, children=children))
    store, below = _store(call, path)
    name = path.rstrip("/").rpartition("/")[2]
    cell = pb.TopologyCell(name=name, path=path)
    try:
        cell.children.extend(store.names(below))
    except TopologyError as error:
        if error.reason is not Reason.ABSENT:
            raise
        cell.data, cell.version = _content(path, store, below, name)
    return pb.GetTopologyPathResponse(cell=cell)


def _content(path: str, store: Store, below: str, name: str) -> tuple[str, int]:
    """A record as text, and its version."""
    try:
        content, version = store.read(below)
    except TopologyError as error:
        where = f"cell {path.strip('/').partition('/')[0]} with path {path}"
        raise Refused(f"{where} has no file contents and no children: {as_directory(error)}") from None
    return record_text(name, content), version


def _store(call: Call, path: str) -> tuple[Store, str]:
    """The files of a path's first part, and the path among them."""
    if not path.startswith("/"):
        raise Refused(f"invalid path: {path}")
    cell, _, below = path.strip("/").partition("/")
    try:
        store = call.topology.store if cell == "global" else call.topology.cell_store(cell)
    except TopologyError as error:
        raise Refused(f"error fetching connection to cell {cell}: {error}") from None
    return store, store.path(below).rstrip("/")


def record_text(name: str, content: bytes) -> str:
    """A record as Go prints it in one line; something that is no record as it is."""
    from google.protobuf import text_format  # 10 ms that only this call needs

    message: Any = RECORDS.get(name)
    if message is None:
        return content.decode("utf-8", "replace")
    text = text_format.MessageToString(message.FromString(content), as_one_line=True)
    parts = text.split('"')
    parts[::2] = [
        part.replace(": ", ":").replace(" {", ":{").replace("{ ", "{").replace(" }", "}") for part in parts[::2]
    ]
    return '"'.join(parts)


HANDLERS: Handlers = {
    "ShardReplicationPositions": positions,
    "Validate": validate,
    "ValidateKeyspace": validate_keyspace,
    "ValidateShard": validate_shard,
    "GetTopologyPath": topology_path,
}
