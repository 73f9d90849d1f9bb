"""The first primary of a shard, where the release can make one only by resetting every tablet (until 12).

InitShardMaster and InitShardPrimary, with force, empty the binary logs of all tablets and make the named one the
primary, whatever it holds: rows that only others have are then nobody's, and everything looks healthy. So it is proven
first that there is no row to lose: not by the topology's word, but by asking the MySQL of every tablet of the shard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from vitessctl.vtctld.errors import RefusedError
from vitessctl.vtctld.legacy.mysql import OWN_TABLES
from vitessctl.vtctld.records import QueryResult


def prove_empty(place: str, aliases: Iterable[str], fetch: Callable[[str, str], QueryResult]) -> None:
    """RefusedError if any tablet has a table of its own; raises what `fetch` (alias, query) raises, as silence proves
    nothing.

    Tables, not transactions: an initialisation that was interrupted leaves transactions of Vitess behind, in `_vt`, and
    has to be finished by the next run.
    """
    found = {alias: [str(row[0]) for row in fetch(alias, OWN_TABLES).rows] for alias in sorted(aliases)}
    holding = {alias: tables for alias, tables in found.items() if tables}
    if holding:
        raise RefusedError(
            f"{place} has no primary, and its tablets are not empty",
            where=place,
            why="this release makes a first primary only by resetting the history of every tablet, which is refused "
            "where there are rows to lose",
            fix="Decide which tablet's rows count, and make it the primary by hand: vtctlclient "
            "TabletExternallyReparented ALIAS. Nothing was changed; the next up goes on from there.",
            evidence=tuple(f"{alias} has {', '.join(tables)}" for alias, tables in holding.items()),
        )
