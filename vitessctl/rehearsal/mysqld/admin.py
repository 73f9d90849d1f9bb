"""Statements about the binary log and about replication, by pattern."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from vitessctl.rehearsal.mysqld import series
from vitessctl.rehearsal.mysqld.errors import MySqlError, unsupported
from vitessctl.rehearsal.mysqld.resultset import affected
from vitessctl.rehearsal.tablet_rpc import QueryResult

if TYPE_CHECKING:
    from vitessctl.rehearsal.mysqld.session import Session
    from vitessctl.rehearsal.mysqld.state import ServerState

Action = Callable[["ServerState", "re.Match[str]"], None]


def _purge_to(server: ServerState, match: re.Match[str]) -> None:
    number = match["file"].rpartition(".")[2]
    if not number.isdigit() or int(number) > server.engine.binlog_file:
        raise MySqlError(1373, text="Target log not found in binlog index")
    server.engine.purge(int(number))


def _purge_before(server: ServerState, match: re.Match[str]) -> None:
    text = match["time"].strip().strip("'\"")
    try:
        moment = time.time() if text.lower().startswith("now") else datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise MySqlError(1292, text=f"Incorrect DATETIME value: '{text}'") from None
    server.engine.purge(server.engine.oldest_file_since(moment))


def _change_source(server: ServerState, match: re.Match[str]) -> None:
    options = {
        name.lower(): value.strip("'\"")
        for name, value in re.findall(r"(\w+)\s*=\s*('[^']*'|\"[^\"]*\"|[\w.]+)", match["options"])
    }
    known = server.replica.source
    host = options.get("source_host", known.host if known else "")
    server.follow(host, int(options.get("source_port", known.port if known else 3306)))


def _stop_replica(server: ServerState, match: re.Match[str]) -> None:
    server.replica.stop(io_only="io_thread" in (match["threads"] or "").lower())


def _reset_replica(server: ServerState, match: re.Match[str]) -> None:
    if server.replica.is_running:
        text = "This operation cannot be performed with a running replica; run STOP REPLICA FOR CHANNEL '' first"
        raise MySqlError(3081, text=text)
    if match["all"]:
        server.follow("", 0)


_ACTIONS: Final[tuple[tuple[str, Action], ...]] = (
    (r"purge\s+(?:binary|master)\s+logs\s+to\s+['\"](?P<file>[^'\"]+)['\"]", _purge_to),
    (r"purge\s+(?:binary|master)\s+logs\s+before\s+(?P<time>.+)", _purge_before),
    (r"flush\s+(?:(?:local|no_write_to_binlog)\s+)?(?:binary\s+)?logs", lambda server, _: _rotate(server)),
    (r"flush\s+.*", lambda *_: None),
    (r"reset\s+(?:binary\s+logs\s+and\s+gtids|master)", lambda server, _: server.reset_log()),
    (r"reset\s+(?:replica|slave)(?P<all>\s+all)?", _reset_replica),
    (r"stop\s+replica(?:\s+(?P<threads>\w+))?", _stop_replica),
    (r"start\s+replica(?:\s+\w+)?", lambda server, _: server.start_replica()),
    (r"change\s+replication\s+source\s+to\s+(?P<options>.+)", _change_source),
    (r"kill\s+.*", lambda *_: None),
)
_COMPILED: Final = tuple((re.compile(pattern, re.IGNORECASE | re.DOTALL), action) for pattern, action in _ACTIONS)


def _rotate(server: ServerState) -> None:
    server.engine.rotate()


def administer(session: Session, sql: str) -> QueryResult:
    """Runs one of these statements. MySqlError."""
    modern = series.modern(sql)
    for pattern, action in _COMPILED:
        match = pattern.fullmatch(modern)
        if match is not None:
            action(session.server, match)
            return affected(0)
    if sql.lower().split()[0] in {"stop", "start", "change"}:
        raise MySqlError(1064, sql)
    raise unsupported(sql[:200])
