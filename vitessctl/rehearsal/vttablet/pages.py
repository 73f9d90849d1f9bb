"""What a vttablet shows over HTTP."""

from __future__ import annotations

from typing import Any, Final

from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.servenv.pages import redirect
from vitessctl.rehearsal.servenv.process import Process
from vitessctl.rehearsal.servenv.web import Page
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.vttablet.query import Queries
from vitessctl.rehearsal.vttablet.tablet import SERVED, Tablet
from vitessctl.releases import Release


def add_pages(process: Process, tablet: Tablet, queries: Queries) -> None:
    """Puts health pages and variables on the process's web server."""
    process.web.pages["/"] = lambda: redirect("/debug/status")
    process.web.pages["/healthz"] = lambda: _healthz(tablet, process.release)
    process.web.pages["/debug/health"] = lambda: _debug_health(tablet, queries, process.release)
    settings = tablet.settings
    process.vars["TabletAlias"] = settings.name
    process.vars["TabletKeyspace"] = settings.keyspace
    process.vars["TabletShard"] = settings.shard
    process.vars["TabletType"] = lambda: process.release.primary_type if tablet.is_primary else tablet.type_word
    process.vars["TabletState"] = lambda: 2 if tablet.serving else 1
    process.vars["TabletStateName"] = lambda: tablet.state_name
    process.vars["TabletServerState"] = lambda: {_state_key(tablet): 1}
    process.vars["replicationLagSec"] = 0
    process.vars["SemiSyncMonitorWritesBlocked"] = lambda: _blocked_writers(tablet)
    process.vars["BackupIsRunning"] = {}
    process.vars["RestoreCount"] = 0
    process.vars["CheckMySQLRunning"] = 0
    process.vars["Queries"] = lambda: {"TotalCount": tablet.queries}
    process.vars["QPS"] = {}


AGENT_HEALTH: Final = "..6"
"""These answer for the agent's own health check; later ones for whether it serves."""
IDLE_IS_HEALTHY: Final = "9.."
"""A tablet of a type that is not meant to serve is healthy."""
NOT_OK: Final = (
    ("..2.1", "not ok", 200),
    ("2.2..14", "not ok: {0}\n", 500),
    ("15..", "not ok: Code: CLUSTER_EVENT\n{0}\n\n", 500),
)
"""What /debug/health says of a tablet that cannot run a query. (From when on the code is in it is a guess.)"""


def _healthz(tablet: Tablet, release: Release) -> Page:
    idle = tablet.type not in SERVED and not tablet.stopping
    if tablet.serving or (idle and release.within(IDLE_IS_HEALTHY)):
        return Page("ok\n")
    if release.within(AGENT_HEALTH):
        return Page("500 internal server error: agent not healthy: operation not allowed in state NOT_SERVING\n", 500)
    return Page("500 internal server error: vttablet is not serving\n", 500)


def _debug_health(tablet: Tablet, queries: Queries, release: Release) -> Page:
    """Runs `select 1` through the query service, as the real one does."""
    settings = tablet.settings
    try:
        queries.execute(settings.keyspace, settings.shard, tablet.type_word, "select 1", 0)
    except TabletError as error:
        text = error.text if tablet.serving else f"operation not allowed in state {tablet.state_name}"
        words, status = next((words, status) for range_, words, status in NOT_OK if release.within(range_))
        return Page(words.format(text), status)
    return Page("ok")


def _state_key(tablet: Tablet) -> str:
    settings = tablet.settings
    return f"{tablet.state_name}.{tablet.type_word.upper()}.{settings.keyspace}.{settings.shard}"


def _blocked_writers(tablet: Tablet) -> Any:
    try:
        return tablet.mysqld.call("status")["blocked_writers"] if tablet.is_primary else 0
    except MySqlError:
        return 0
