"""Looks at processes, topology and MySQL, side by side, each with its own deadline.

No source is trusted alone: records outlive their tablets, health pages say ok for a replica that copies
nothing, and a call about a dead tablet hangs (all measured on Vitess 24).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from vitessctl.errors import VitessctlError
from vitessctl.model.cluster import Cluster, Tablet
from vitessctl.model.gtid import GtidSet, parse_gtid_set
from vitessctl.run.context import Context
from vitessctl.run.http import Answer
from vitessctl.status.observed import Observed, SeenTablet
from vitessctl.targets.base import Change
from vitessctl.vtctld.interface import Vtctld
from vitessctl.vtctld.records import CellRecord

MYSQL_SECONDS = 2.0
ON_ITS_WAY_SECONDS = 0.3
NO_ANSWER = "vttablet does not answer"
T = TypeVar("T")


def observe(context: Context) -> Observed:
    """One look at the whole cluster; raises nothing for what is merely broken."""
    components = tuple(context.target.components())
    with ThreadPoolExecutor(max_workers=16, thread_name_prefix="status") as pool:
        topology = pool.submit(_topology, context)
        tablets = {tablet.alias: pool.submit(_tablet_page, context, tablet) for tablet in context.cluster.tablets()}
        vtgates = {cell.name: pool.submit(_vtgate_page, context, cell.name) for cell in context.cluster.cells}
        seen = topology.result()
        pages = {alias: future.result() for alias, future in tablets.items()}
        asked = {} if seen.topology_error else _ask_everyone(context, pool, seen, pages)
        return Observed(
            components=components,
            pending=_pending(context) if components else (),
            topology_error=seen.topology_error,
            cells=seen.cells,
            keyspaces=seen.keyspaces,
            shards=seen.shards,
            records=seen.records,
            tablets={alias: asked.get(alias) or _unasked(page, seen) for alias, page in pages.items()},
            vtgates={name: future.result() for name, future in vtgates.items()},
        )


def _pending(context: Context) -> tuple[Change, ...]:
    try:
        return tuple(change for change in context.target.observe(context.documents) if change.is_change)
    except VitessctlError:
        return ()


def _topology(context: Context) -> Observed:
    try:
        vtctld = context.vtctld
        return Observed(
            cells=_cells(vtctld, context.cluster),
            keyspaces={keyspace.name: keyspace for keyspace in vtctld.keyspaces()},
            shards=_shards(vtctld, context.cluster),
            records={record.alias: record for record in vtctld.tablets()},
        )
    except VitessctlError as error:
        return Observed(topology_error=error.why or error.what)


def _cells(vtctld: Vtctld, cluster: Cluster) -> dict[str, CellRecord]:
    records = (vtctld.cell(cell.name) for cell in cluster.cells)
    return {record.name: record for record in records if record is not None}


def _shards(vtctld: Vtctld, cluster: Cluster) -> dict[tuple[str, str], Any]:
    found = (_or_none(lambda name=keyspace.name: vtctld.shards(name)) for keyspace in cluster.keyspaces)  # type: ignore[misc]
    return {(shard.keyspace, shard.name): shard for shards in found for shard in shards or ()}


def _tablet_page(context: Context, tablet: Tablet) -> dict[str, Any] | None:
    return _variables(lambda: context.tablet_page(tablet, "/debug/vars"))


def _vtgate_page(context: Context, cell: str) -> dict[str, Any] | None:
    return _variables(lambda: context.get(context.target.address("vtgate", cell, "http"), "/debug/vars"))


def _variables(fetch: Callable[[], Answer]) -> dict[str, Any] | None:
    page = _or_none(fetch)
    data = page.json() if page is not None and page.ok else None
    return data if isinstance(data, dict) else None


def _ask_everyone(
    context: Context, pool: ThreadPoolExecutor, seen: Observed, pages: Mapping[str, dict[str, Any] | None]
) -> dict[str, SeenTablet]:
    """Primaries first: a replica that is asked later must have at least what its primary had."""
    primaries = {record.primary for record in seen.shards.values()} & pages.keys()
    first = {alias: pool.submit(_ask_mysql, context, alias, pages[alias], None) for alias in primaries}
    positions = {alias: _position(future.result()) for alias, future in first.items()}
    goal = {
        alias: positions.get(shard.primary)
        for alias, record in seen.records.items()
        if (shard := seen.shards.get((record.keyspace, record.shard)))
    }
    rest = {
        alias: pool.submit(_ask_mysql, context, alias, page, goal.get(alias))
        for alias, page in pages.items()
        if alias in seen.records and alias not in primaries
    }
    return {alias: future.result() for alias, future in {**first, **rest}.items()}


def _unasked(page: dict[str, Any] | None, seen: Observed) -> SeenTablet:
    """A tablet whose MySQL was not asked: without vtctld, or without a record, there is no way to it."""
    if page is None:
        return SeenTablet(None, None, NO_ANSWER)
    return SeenTablet(page, None, "its MySQL cannot be asked without vtctld" if seen.topology_error else "")


def _position(seen: SeenTablet) -> GtidSet | None:
    return parse_gtid_set(seen.full_status.position) if seen.full_status else None


def _ask_mysql(context: Context, alias: str, page: dict[str, Any] | None, goal: GtidSet | None) -> SeenTablet:
    """A tablet whose own port is closed is not asked through vtctld: that call would only hang.

    One that has not reached `goal` is asked once more a little later, as a write may just be on its way.
    """
    if page is None:
        return SeenTablet(None, None, NO_ANSWER)
    try:
        status = context.vtctld.full_status(alias, seconds=MYSQL_SECONDS)
        if goal is not None and not parse_gtid_set(status.position).contains(goal):
            time.sleep(ON_ITS_WAY_SECONDS)
            status = context.vtctld.full_status(alias, seconds=MYSQL_SECONDS)
        parse_gtid_set(status.position)
    except VitessctlError as error:
        return SeenTablet(page, None, error.why or error.what)
    except ValueError as error:
        return SeenTablet(page, None, str(error))
    tables = _or_none(lambda: context.vtctld.schema(alias, seconds=MYSQL_SECONDS))
    names = None if tables is None else frozenset(table.name for table in tables)
    return SeenTablet(page, status, tables=names)


def _or_none(call: Callable[[], T]) -> T | None:
    try:
        return call()
    except VitessctlError:
        return None
