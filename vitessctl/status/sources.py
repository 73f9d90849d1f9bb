"""Each source by itself: what it is asked, and what counts as no answer. Runs in the threads of Looks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from vitessctl.errors import VitessctlError
from vitessctl.model.cluster import Cell, Tablet
from vitessctl.model.gtid import GtidSet, parse_gtid_set
from vitessctl.run.context import Context
from vitessctl.run.http import Answer
from vitessctl.run.query import question_for
from vitessctl.run.stages.etcd import member_fault, members
from vitessctl.status.observed import SeenServer, SeenTablet
from vitessctl.vtctld.errors import MysqlUnavailableError, NodeMissingError
from vitessctl.vtctld.records import ShardRecord

MYSQL_SECONDS = 2.0
"""For one call about a tablet. It takes some milliseconds, and one about a dead tablet hangs."""
NO_ANSWER = "vttablet does not answer"
Page = tuple[dict[str, Any] | None, str]
"""What a page of JSON says, and why there is none."""


def said(error: VitessctlError) -> str:
    """An error as the reason of a finding."""
    return error.why or error.what


def tablet_page(context: Context, tablet: Tablet) -> Page:
    """A vttablet's variables."""
    return _variables(lambda: context.tablet_page(tablet, "/debug/vars"))


def vtgate_page(context: Context, cell: Cell) -> Page:
    """A vtgate's variables. Its health page says ok with no tablet at all."""
    return _variables(lambda: context.get(context.target.address("vtgate", cell.name, "http"), "/debug/vars"))


def _variables(fetch: Callable[[], Answer]) -> Page:
    try:
        answer = fetch()
    except VitessctlError as error:
        return None, said(error)
    if not answer.ok:
        return None, answer.text if not answer.status else f"HTTP status {answer.status}"
    data = answer.json()
    return (data, "") if isinstance(data, dict) else (None, "its page of variables is no JSON object")


def vtgate_query(context: Context, cell: Cell) -> str:
    """Why a query through a vtgate fails; "" if none does, or nobody knows a password."""
    try:
        users = context.target.users()
        if users is None:
            return ""
        question = question_for(context.cluster, context.release)
        return context.ping(context.target.address("vtgate", cell.name, "mysql"), users, question)
    except VitessctlError as error:
        return said(error)


def vtorc(context: Context, cell: Cell) -> SeenServer:
    """Whether a vtorc watches."""
    try:
        answer = context.get(context.target.address("vtorc", cell.name, "http"), "/debug/health")
    except VitessctlError as error:
        return SeenServer(error=said(error))
    if answer.ok:
        return SeenServer()
    return SeenServer(error=answer.text if not answer.status else "its first discovery has not finished")


def etcd(context: Context) -> dict[str, str]:
    """By member, why it is not healthy. Where the target knows of the whole topology server, that is one."""
    known = context.target.topology_ready()
    if known is not None:
        return {"etcd": "" if known.ready else known.reason} if context.cluster.topology.managed else {}
    return {name: member_fault(context, name, address) for name, address in members(context).items()}


def shards(context: Context, keyspace: str) -> tuple[ShardRecord, ...]:
    """The shards of a keyspace; none where there is no such keyspace."""
    try:
        return tuple(context.vtctld.shards(keyspace))
    except NodeMissingError:
        return ()


def mysql(context: Context, alias: str, page: dict[str, Any], goal: GtidSet | None, pause: float) -> SeenTablet:
    """What a tablet's MySQL says.

    One that has not reached `goal` is asked once more after `pause` seconds, as a write may just be on its way.
    """
    try:
        status = context.vtctld.full_status(alias, seconds=MYSQL_SECONDS)
        if goal is not None and not parse_gtid_set(status.position).contains(goal):
            time.sleep(pause)
            status = context.vtctld.full_status(alias, seconds=MYSQL_SECONDS)
        parse_gtid_set(status.position)
    except VitessctlError as error:
        return SeenTablet(page, None, said(error), mysql_down=isinstance(error, MysqlUnavailableError))
    except ValueError:
        why = f"'{status.position}' is not a GTID set"
        return SeenTablet(page, None, why, position_error=why)
    return SeenTablet(page, status)


def tables(context: Context, alias: str) -> frozenset[str]:
    """The tables of a tablet's database."""
    return frozenset(table.name for table in context.vtctld.schema(alias, seconds=MYSQL_SECONDS))
