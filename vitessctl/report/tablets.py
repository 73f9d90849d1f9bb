"""Tablets as a table for a person, or as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from typing import Any

from vitessctl.report.columns import columns
from vitessctl.report.screen import REHEARSAL_BANNER
from vitessctl.tablets.listing import Listing, TabletRow

HEADER = ("alias", "shard", "type", "serving", "lag", "position", "http", "mysql", "primary since")
_UUID = re.compile(r"([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_LONGEST = 40
"""Characters of a position; more would push the rest out of sight."""


def listing_lines(listing: Listing) -> Iterator[str]:
    """The table, then what is not as it should be."""
    if listing.target == "rehearsal":
        yield REHEARSAL_BANNER
    if listing.rows:
        yield from columns([HEADER, *(_cells(row) for row in listing.rows)])
    if listing.topology_error:
        yield f"! the topology cannot be read: {listing.topology_error}"
    for row in listing.rows:
        for difference in row.differs:
            yield f"! {row.alias}: {difference}"


def _cells(row: TabletRow) -> Sequence[str]:
    return (
        row.alias,
        f"{row.keyspace}/{row.shard}",
        row.type or "-",
        "?" if row.serving is None else "yes" if row.serving else "NO",
        "-" if row.lag_seconds is None else f"{row.lag_seconds:.0f} s",
        "?" if row.position is None else _short(row.position),
        f"{row.hostname}:{row.ports['vt']}" if row.ports.get("vt") else row.hostname or "-",
        row.mysql or "-",
        _moment(row.primary_term_start) or "-",
    )


def _short(position: str) -> str:
    """A GTID set as a person compares it: eight characters of each UUID; cut where it is still long."""
    text = _UUID.sub(r"\1…", position) or "(empty)"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""


def listing_data(listing: Listing) -> dict[str, Any]:
    """The same as a JSON object; field names are part of the interface."""
    return {
        "type": "tablets",
        "cluster": listing.cluster,
        "target": listing.target,
        "ready": listing.well,
        "topology_error": listing.topology_error,
        "tablets": [_row_data(row) for row in listing.rows],
    }


def _row_data(row: TabletRow) -> dict[str, Any]:
    return {
        "alias": row.alias,
        "cell": row.cell,
        "keyspace": row.keyspace,
        "shard": row.shard,
        "type": row.type,
        "serving": row.serving,
        "lag_seconds": row.lag_seconds,
        "position": row.position,
        "hostname": row.hostname,
        "ports": row.ports,
        "mysql": row.mysql,
        "primary_term_start": _moment(row.primary_term_start) or None,
        "differs": list(row.differs),
    }
