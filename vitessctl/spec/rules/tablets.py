"""Every shard has the tablets that it cannot be without."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.view import PoolView, View
from vitessctl.spec.words import did_you_mean, listed


def one_form_of_pools(view: View) -> Iterator[Finding]:
    """`tablets` is short for `pools`; with both, one would be ignored."""
    for keyspace in view.keyspaces:
        if "tablets" in keyspace.settings and "pools" in keyspace.settings:
            yield finding(
                view,
                (*keyspace.path, "tablets"),
                f"{keyspace.name} has tablets and pools",
                why="tablets is a short form of pools: that many in each cell",
                fix="remove one of them",
                at_key=True,
            )


def pools_name_cells(view: View) -> Iterator[Finding]:
    """A pool runs in a cell of this cluster."""
    for keyspace in view.keyspaces:
        for pool in keyspace.pools:
            if pool.cell not in view.cells:
                yield finding(
                    view,
                    (*pool.path, "cell"),
                    f"there is no cell {pool.cell}",
                    why=f"the cells are {listed(view.cells, 'and')}",
                    fix=did_you_mean(pool.cell, view.cells) or "add it under cells:",
                )


def shards_have_a_replica(view: View) -> Iterator[Finding]:
    """A shard without a replica tablet can have no primary."""
    for keyspace in view.keyspaces:
        if keyspace.replicas() == 0:
            yield finding(
                view,
                keyspace.path,
                f"{keyspace.name} has no replica tablet",
                why="a shard's primary is one of its replica tablets; without one nothing can be written",
                fix="write tablets: {replica: 3}",
                at_key=True,
            )


def pools_differ(view: View) -> Iterator[Finding]:
    """Two pools of the same cell and type need names, from which their UIDs follow."""
    for keyspace in view.keyspaces:
        seen: set[tuple[str, str, str]] = set()
        for pool in keyspace.pools:
            identity = (pool.cell, pool.type, pool.name)
            if identity in seen and pool.uid is None:
                yield finding(view, pool.path, *_alike(keyspace.name, pool))
            seen.add(identity)


def _alike(keyspace: str, pool: PoolView) -> tuple[str, str, str]:
    named = f" called {pool.name}" if pool.name else ""
    return (
        f"{keyspace} has two pools of {pool.type} tablets in {pool.cell}{named}",
        "the UIDs of the tablets follow from cell, type and name, and would be the same",
        "give one of them another name:, or make one pool of them",
    )
