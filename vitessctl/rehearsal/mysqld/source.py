"""The source's side: sends the binary log to one replica for as long as it is connected."""

from __future__ import annotations

import itertools
import socket
import threading
from typing import TYPE_CHECKING

from vitessctl.rehearsal.mysqld.waits import wait
from vitessctl.rehearsal.mysqld.wire import Closed, Message, receive, send
from vitessctl.rehearsal.storage.events import dump_changes
from vitessctl.rehearsal.storage.gtid import Gtid, GtidSet

if TYPE_CHECKING:
    from vitessctl.rehearsal.mysqld.state import ServerState

FATAL = 1236
PURGED = (
    "Cannot replicate because the source purged required binary logs. Replicate the missing transactions from"
    " elsewhere, or provision a new replica from backup. Consider increasing the source's binary log expiration"
    " period. The GTID set sent by the replica is '{sent}', and the missing transactions are '{missing}'"
)
AHEAD = (
    "Replica has more GTIDs than the source has, using the source's SERVER_UUID. This may indicate that the last binary"
    " log file was truncated or lost. The GTID set sent by the replica is '{sent}'"
)
_clients = itertools.count(1)


def serve_replica(server: ServerState, connection: socket.socket, request: Message) -> None:
    """Sends everything that the replica lacks, then each new transaction at once. Ends with the connection."""
    has = GtidSet.parse(request["executed"])
    refusal = _refusal(server, has)
    if refusal:
        send(connection, {"error": {"number": FATAL, "text": refusal}})
        return
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    about = {"uuid": server.engine.server_uuid, "server_id": server.config.server_id}
    send(connection, {"source": {**about, "file_position": server.file_position}})
    if not request["semi_sync"]:
        _send_log(server, connection, has)
        return
    client = next(_clients)
    server.engine.semi_sync.connected(client, has)
    threading.Thread(target=_take_confirmations, args=(server, connection), daemon=True).start()
    try:
        _send_log(server, connection, has)
    finally:
        server.engine.semi_sync.disconnected(client)


def _refusal(server: ServerState, has: GtidSet) -> str:
    missing = server.engine.purged - has
    if missing:
        return PURGED.format(sent=has, missing=str(missing).replace(",", ",\n"))
    unknown = has - server.engine.executed
    if any(uuid == server.engine.server_uuid for uuid, _, _ in unknown.intervals()):
        return AHEAD.format(sent=has)
    return ""


def _send_log(server: ServerState, connection: socket.socket, has: GtidSet) -> None:
    engine = server.engine
    sent = 0
    while True:
        for transaction in engine.transactions_after(sent):
            sent = transaction.sequence
            if transaction.gtid in has:
                continue
            message: Message = {
                "uuid": transaction.gtid.uuid,
                "number": transaction.gtid.number,
                "time": transaction.time,
                "changes": dump_changes(transaction.changes),
                "file_position": server.file_position,
                "last": sent >= engine.announced,
            }
            send(connection, message)
        if engine.announced <= sent and not engine.wait_for_news(sent, wait("replica_heartbeat")):
            send(connection, {"heartbeat": server.file_position})


def _take_confirmations(server: ServerState, connection: socket.socket) -> None:
    try:
        while True:
            uuid, number = receive(connection)["ack"]
            server.engine.semi_sync.acknowledge(Gtid(uuid, number))
    except (Closed, OSError):
        pass
