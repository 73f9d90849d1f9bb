"""Which tablets a person means: by cell, keyspace, shard or alias. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace

from vitessctl.errors import UsageError
from vitessctl.model.cluster import Cluster
from vitessctl.tablets.listing import Listing, TabletRow, names_of

_ALIAS = re.compile(r"(?P<cell>[^/]+)-(?P<uid>[0-9]+)")


def chosen(cluster: Cluster, listing: Listing, words: Sequence[str]) -> Listing:
    """The rows that any of the words means; without words all. Raises UsageError for a word that means none.

    A name that is a cell's and a keyspace's means both.
    """
    if not words:
        return listing
    known = set(names_of(cluster))
    for word in words:
        if long_alias(word) not in known and not any(_means(word, row) for row in listing.rows):
            raise _unknown(cluster, word, sorted(known))
    rows = tuple(row for row in listing.rows if any(_means(word, row) for word in words))
    return replace(listing, rows=rows)


def _means(word: str, row: TabletRow) -> bool:
    return long_alias(word) in (row.cell, row.keyspace, f"{row.keyspace}/{row.shard}", row.alias)


def long_alias(word: str) -> str:
    """`zone1-100` in its long form; other words as they are."""
    match = _ALIAS.fullmatch(word)
    return f"{match['cell']}-{int(match['uid']):010d}" if match else word


def _unknown(cluster: Cluster, word: str, known: Sequence[str]) -> UsageError:
    close = difflib.get_close_matches(long_alias(word), known, 1)
    return UsageError(
        f"{word} is no cell, keyspace, shard or tablet of this cluster",
        where=cluster.name,
        why=f"cells are {', '.join(cell.name for cell in cluster.cells)}; "
        f"keyspaces are {', '.join(keyspace.name for keyspace in cluster.keyspaces)}",
        fix=f"did you mean {close[0]}?" if close else "give a cell, KEYSPACE, KEYSPACE/SHARD, or an alias (zone1-100)",
    )
