"""A tablet in one line, as the legacy service and both clients list them."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Final

from vitessctl.rehearsal.topology_names import alias_text, type_name
from vitessctl.releases import Release
from vitessctl.vtctld.proto import topodata_pb2 as topodata

TERM_SHOWN: Final = "7.."
"""From here on the line ends with the time since when it is primary."""


def tablet_line(tablet: topodata.Tablet, release: Release) -> str:
    """Alias, keyspace, shard, type, HTTP address, MySQL's address, tags, and the term's start where it is shown."""
    parts = [
        alias_text(tablet.alias),
        tablet.keyspace or "<null>",
        tablet.shard or "<null>",
        kind_of(tablet.type, release),
        f"{tablet.hostname}:{tablet.port_map.get('vt', 0)}",
        f"{_mysql_host(tablet, release)}:{tablet.mysql_port}",
        f"[{' '.join(f'{key}: {json.dumps(tablet.tags[key])}' for key in sorted(tablet.tags))}]",
    ]
    return " ".join([*parts, _term(tablet)] if release.within(TERM_SHOWN) else parts)


def kind_of(kind: topodata.TabletType, release: Release) -> str:
    """A tablet's type in the release's word: `master` until 11."""
    return release.primary_type if kind == topodata.PRIMARY else type_name(kind).lower()


def _mysql_host(tablet: topodata.Tablet, release: Release) -> str:
    return tablet.hostname if release.within("..2.1") else tablet.mysql_hostname


def _term(tablet: topodata.Tablet) -> str:
    seconds = tablet.primary_term_start_time.seconds
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds > 0 else "<null>"
