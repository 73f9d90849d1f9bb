"""The stand-in for etcd: the v3 gRPC API that Vitess needs, on real etcd's flags, durable in --data-dir.

Differences from etcd: gRPC and HTTP cannot share a port in Python, so /health, /readyz, /version and /metrics are
only at --listen-metrics-urls (without that flag they are nowhere); no TLS, no authentication, no old revisions, no
nested transactions; members agree as `member` describes.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from vitessctl.rehearsal.etcd.log import Log
from vitessctl.rehearsal.etcd.member import Member
from vitessctl.rehearsal.etcd.options import Options, parse
from vitessctl.rehearsal.etcd.peers import Peer
from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb
from vitessctl.rehearsal.etcd.service import VERSION, Service
from vitessctl.rehearsal.etcd.state import Failed
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.log import timestamp
from vitessctl.rehearsal.servenv.process import Signals
from vitessctl.rehearsal.servenv.rpc import RpcServer
from vitessctl.rehearsal.servenv.web import Page, Web

DEFAULT_QUOTA = 2 * 1024**3
"""Bytes that etcd lets its store have where no flag says otherwise. The stand-in shows it and never refuses for it."""


def main(arguments: list[str]) -> int:
    """Run until SIGTERM, and then die of it, as etcd does."""
    options = parse(arguments)
    signals = Signals()
    member = Member(options.name, Log(options.data_dir), _peers(options))
    service = Service(member, dict(options.members), options.advertised_client)
    servers = _listen(options, service)
    web = _listen_http(options, member)
    member.start()
    log("info", "ready to serve client requests (REHEARSAL: a stand-in, not etcd)")
    signals.wait()
    log("info", "received signal; shutting down")
    member.stop()
    web.close()
    for server in servers:
        server.stop()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)
    return 0


def log(level: str, text: str, **more: str) -> None:
    """A line as etcd logs it."""
    line = {"level": level, "ts": timestamp()[:26] + "Z", "caller": "rehearsal/etcd", "msg": text, **more}
    sys.stderr.write(json.dumps(line, separators=(",", ":")) + "\n")
    sys.stderr.flush()


def _peers(options: Options) -> list[Peer]:
    return [Peer(name, address) for name, address in options.members.items() if name != options.name]


def _listen(options: Options, service: Service) -> list[RpcServer]:
    client, between = RpcServer(128), RpcServer(32)
    try:
        _open(client, service.handlers(), options.client)
        _open(between, service.peer_handlers(), options.peer)
    except StartError as error:
        raise _fatal(error) from None
    return [client, between]


def _open(server: RpcServer, handlers: list[tuple[str, object]], address: tuple[str, int]) -> None:
    for name, handler in handlers:
        server.add(name, handler)
    server.listen(*address)


def _fatal(error: StartError) -> StartError:
    """A port that is taken, in etcd's words rather than in Vitess's."""
    text = error.text.partition(" for gRPC: ")[2] or error.text
    log("fatal", "discovery failed", error=text)
    return StartError(text, logged=False)


def _listen_http(options: Options, member: Member) -> Web:
    web = Web()
    version = json.dumps({"etcdserver": VERSION, "etcdcluster": VERSION, "rehearsal": True})
    web.pages.update(
        {
            "/health": lambda: health(member),
            "/readyz": lambda: _ready(member),
            "/livez": lambda: Page("ok\n"),
            "/version": lambda: Page(version, content_type="application/json"),
            "/metrics": lambda: metrics(member, options.quota),
        }
    )
    if options.metrics is not None:
        try:
            web.listen(*options.metrics)
        except StartError as error:
            raise _fatal(error) from None
    return web


def health(member: Member) -> Page:
    """/health: whether a majority answers."""
    reason = _trouble(member)
    body = json.dumps({"health": "false" if reason else "true", "reason": reason}, separators=(",", ":"))
    return Page(body + "\n" if reason else body, 503 if reason else 200)


def _ready(member: Member) -> Page:
    reason = _trouble(member)
    return Page(f"[-]linearizable_read failed: {reason}\n" if reason else "ok\n", 503 if reason else 200)


def _trouble(member: Member) -> str:
    if not member.leader:
        return "RAFT NO LEADER"
    try:
        if member.leads:
            member.read(pb.RangeRequest(key=b"health"))
    except Failed as error:
        return f"QGET ERROR:{error}"
    return ""


def metrics(member: Member, quota: int = 0) -> Page:
    """/metrics: the few that people watch."""
    values = {
        "etcd_server_has_leader": int(bool(member.leader)),
        "etcd_server_is_leader": int(member.leads),
        "etcd_server_proposals_committed_total": member.log.last_index,
        "etcd_mvcc_db_total_size_in_bytes": member.log.size(),
        "etcd_mvcc_db_total_size_in_use_in_bytes": member.log.size(),
        "etcd_server_quota_backend_bytes": quota or DEFAULT_QUOTA,
        f'etcd_server_version{{server_version="{VERSION}"}}': 1,
    }
    return Page("".join(f"{name} {value}\n" for name, value in values.items()))
