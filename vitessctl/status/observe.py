"""Looks at processes, topology and MySQL, side by side, each with its own deadline.

No source is trusted alone: records outlive their tablets, health pages say ok for a replica that copies
nothing, and a call about a dead tablet hangs (all measured on Vitess 24).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from vitessctl.errors import VitessctlError
from vitessctl.model.gtid import GtidSet, parse_gtid_set
from vitessctl.run.context import Context
from vitessctl.run.stages.etcd import members
from vitessctl.status import sources
from vitessctl.status.looks import Look, Looks, Silent
from vitessctl.status.observed import Observed, SeenServer, SeenTablet
from vitessctl.targets.base import Change

SECONDS = 5.0
"""When all looking ends."""
SECONDS_A_TABLET = 0.05
"""What each tablet adds to that: a thousand of them are not asked in 5 s, and each has a forward of its own."""
TARGET_SECONDS = 4.0
TOPOLOGY_SECONDS = 3.0
"""A read takes some milliseconds. vtctld itself would wait 15 s for an etcd that hangs."""
PAGE_SECONDS = 2.5
"""A little more than the page's own deadline, which says more."""
QUERY_SECONDS = 3.0
MYSQL_SECONDS = 2 * sources.MYSQL_SECONDS
ON_ITS_WAY_SECONDS = 0.3
T = TypeVar("T")


def observe(context: Context) -> Observed:
    """One look at the whole cluster; raises nothing for what is merely broken, and never waits for what hangs.

    Raises UnreachableError where what runs cannot be asked at all: no supervisor's rights, no Kubernetes.
    """
    begun = time.monotonic()
    count = sum(1 for _ in context.cluster.tablets())
    with Looks(SECONDS + SECONDS_A_TABLET * count) as looks:
        seen = _Observation(context, looks).take()
    return replace(seen, seconds=time.monotonic() - begun)


class _Observation:
    """One look under way. What does not depend on each other is begun at once."""

    def __init__(self, context: Context, looks: Looks) -> None:
        self._context, self._looks = context, looks
        cluster, target = context.cluster, context.target
        self._components = looks.at("the list of processes", target.components, TARGET_SECONDS)
        self._vtctld = looks.at("vtctld", lambda: context.vtctld, TOPOLOGY_SECONDS)
        self._vtgates = {
            cell.name: looks.at(f"vtgate {cell.name}", _bound(sources.vtgate_page, context, cell), PAGE_SECONDS)
            for cell in cluster.cells
        }
        self._queries = {
            cell.name: looks.at(f"vtgate {cell.name}", _bound(sources.vtgate_query, context, cell), QUERY_SECONDS)
            for cell in cluster.cells
        }
        self._vtorcs = {
            cell.name: looks.at(f"vtorc {cell.name}", _bound(sources.vtorc, context, cell), PAGE_SECONDS)
            for cell in cluster.cells
            if context.release.has_vtorc
        }
        self._etcd = looks.at("etcd", _bound(sources.etcd, context), PAGE_SECONDS)
        self._pending = looks.at("what up would change", self._changes, TARGET_SECONDS)
        self._pages = {
            tablet.alias: looks.at(
                f"vttablet {tablet.alias}", _bound(sources.tablet_page, context, tablet), PAGE_SECONDS
            )
            for tablet in cluster.tablets()
        }

    def take(self) -> Observed:
        """Everything, as far as it can be seen."""
        topology = self._topology()
        tablets = self._unasked(topology) if topology.topology_error else self._ask_everyone(topology)
        components, components_error = _or_why(self._components, raises=True)
        pending, pending_error = _or_why(self._pending)
        return replace(
            topology,
            components=tuple(components or ()),
            components_error=components_error,
            pending=pending or () if components else (),
            pending_error=pending_error,
            tablets=tablets,
            vtgates={name: self._vtgate(name) for name in self._vtgates},
            vtorcs={name: _or_silent(look) for name, look in self._vtorcs.items()},
            etcd=self._members(),
        )

    def _changes(self) -> tuple[Change, ...]:
        context = self._context
        return tuple(change for change in context.target.observe(context.documents) if change.is_change)

    # Topology

    def _topology(self) -> Observed:
        try:
            vtctld = self._vtctld.result()
            at = self._looks.at
            cells = [
                at(f"cell {cell.name}", _bound(vtctld.cell, cell.name), TOPOLOGY_SECONDS)
                for cell in self._context.cluster.cells
            ]
            keyspaces = at("keyspaces", vtctld.keyspaces, TOPOLOGY_SECONDS)
            tablets = at("tablets", vtctld.tablets, TOPOLOGY_SECONDS)
            shards = {
                keyspace.name: at(
                    f"shards of {keyspace.name}",
                    _bound(sources.shards, self._context, keyspace.name),
                    TOPOLOGY_SECONDS,
                )
                for keyspace in self._context.cluster.keyspaces
            }
            seen = Observed(
                cells={record.name: record for look in cells if (record := look.result()) is not None},
                keyspaces={record.name: record for record in keyspaces.result()},
                records={record.alias: record for record in tablets.result()},
            )
        except VitessctlError as error:
            return Observed(topology_error=sources.said(error))
        found = {name: _or_why(look) for name, look in shards.items()}
        return replace(
            seen,
            shards={(shard.keyspace, shard.name): shard for records, _ in found.values() for shard in records or ()},
            shards_errors={name: why for name, (_, why) in found.items() if why},
        )

    # Tablets

    def _page(self, alias: str) -> sources.Page:
        try:
            return self._pages[alias].result()
        except Silent as error:
            return None, error.why

    def _unasked(self, seen: Observed) -> dict[str, SeenTablet]:
        return {alias: _without_mysql(self._page(alias), seen) for alias in self._pages}

    def _ask_everyone(self, seen: Observed) -> dict[str, SeenTablet]:
        """Primaries first: a replica that is asked later must have at least what its primary had.

        A tablet whose own port is closed is not asked through vtctld: that call would only hang.
        """
        primaries = sorted({record.primary for record in seen.shards.values()} & self._pages.keys())
        first = self._ask(primaries, {})
        asked = {alias: _or_unknown(look, page) for alias, (look, page) in first.items()}
        first_tables = self._list_tables(asked)
        positions = {alias: _position(found) for alias, found in asked.items()}
        goals = {
            alias: positions.get(shard.primary)
            for alias, record in seen.records.items()
            if (shard := seen.shards.get((record.keyspace, record.shard)))
        }
        rest = self._ask((alias for alias in self._pages if alias in seen.records and alias not in asked), goals)
        others = {alias: _or_unknown(look, page) for alias, (look, page) in rest.items()}
        tables = first_tables | self._list_tables(others)
        asked |= others
        return {
            alias: _with_tables(asked[alias], tables.get(alias))
            if alias in asked
            else _without_mysql(self._page(alias), seen)
            for alias in self._pages
        }

    def _ask(
        self, aliases: Iterable[str], goals: Mapping[str, GtidSet | None]
    ) -> dict[str, tuple[Look[SeenTablet], dict[str, Any]]]:
        found = {}
        for alias in aliases:
            page, _ = self._page(alias)
            if page is not None:
                call = _bound(sources.mysql, self._context, alias, page, goals.get(alias), ON_ITS_WAY_SECONDS)
                found[alias] = (self._looks.at(f"the MySQL of {alias}", call, MYSQL_SECONDS), page)
        return found

    def _list_tables(self, asked: Mapping[str, SeenTablet]) -> dict[str, Look[frozenset[str]]]:
        return {
            alias: self._looks.at(
                f"the tables of {alias}", _bound(sources.tables, self._context, alias), sources.MYSQL_SECONDS
            )
            for alias, seen in asked.items()
            if seen.full_status is not None
        }

    # Servers

    def _vtgate(self, name: str) -> SeenServer:
        """Its query is waited for only where its page answers."""
        page, error = _or_why(self._vtgates[name])
        variables, why = page or (None, error)
        if variables is None:
            return SeenServer(error=why)
        fault, silence = _or_why(self._queries[name])
        return SeenServer(variables, query_error=fault or silence)

    def _members(self) -> dict[str, SeenServer]:
        found, why = _or_why(self._etcd)
        if found is None:
            return dict.fromkeys(members(self._context), SeenServer(error=why))
        return {name: SeenServer(error=fault) for name, fault in found.items()}


def _bound(call: Callable[..., T], *arguments: Any) -> Callable[[], T]:
    """Bound now, as a loop goes on."""
    return lambda: call(*arguments)


def _or_why(look: Look[T], raises: bool = False) -> tuple[T | None, str]:
    """What was seen, or why not; `raises`: only silence is taken for an answer."""
    try:
        return look.result(), ""
    except Silent as error:
        return None, error.why
    except VitessctlError as error:
        if raises:
            raise
        return None, sources.said(error)


def _or_silent(look: Look[SeenServer]) -> SeenServer:
    found, why = _or_why(look)
    return found or SeenServer(error=why)


def _or_unknown(look: Look[SeenTablet], page: dict[str, Any]) -> SeenTablet:
    found, why = _or_why(look)
    return found or SeenTablet(page, None, why)


def _without_mysql(page: sources.Page, seen: Observed) -> SeenTablet:
    """A tablet whose MySQL was not asked: it is silent itself, or without vtctld or a record there is no way to it."""
    variables, why = page
    if variables is None:
        return SeenTablet(None, None, sources.NO_ANSWER, page_error=why)
    return SeenTablet(variables, None, "its MySQL cannot be asked without vtctld" if seen.topology_error else "")


def _with_tables(seen: SeenTablet, look: Look[frozenset[str]] | None) -> SeenTablet:
    if look is None:
        return seen
    tables, why = _or_why(look)
    return replace(seen, tables=tables, tables_error=why)


def _position(seen: SeenTablet) -> GtidSet | None:
    return parse_gtid_set(seen.full_status.position) if seen.full_status else None
