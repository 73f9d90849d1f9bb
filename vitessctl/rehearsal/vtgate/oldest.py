"""What vtgate of 2.1 refuses to MySQL clients, as 2.1.1 does: it has no USE, no DDL, few SHOWs, no tablet types."""

from __future__ import annotations

import re
from collections.abc import Mapping

from vitessctl.rehearsal.vtgate.failures import GateError
from vitessctl.rehearsal.vtgate.statements import DEFINITIONS
from vitessctl.rehearsal.vtgate.target import Target
from vitessctl.rehearsal.vtgate.vschema import Catalogue

USE = "syntax error at position 4 near 'use'"
PLACELESS = ("begin", "start", "commit", "rollback", "set")
"""Done without asking for a keyspace."""
SHOWS: Mapping[str, str] = {"databases": "", "tables": "unimplemented metadata query: show tables"}
"""What is said of each SHOW; of any other, that it is not supported."""


def check(word: str, sql: str, target: Target, catalogue: Catalogue) -> None:
    """Refuse a statement that it does not take, or a place that there is not. Raises GateError.

    Where a shard is named, statements go there as they are, and its MySQL may take them.
    """
    if word == "use":
        raise GateError(USE)
    if target.shard:
        shards = catalogue.keyspace(target.keyspace).shards if target.keyspace in catalogue.names() else {}
        if target.shard not in shards:
            raise GateError(f"target: {target.keyspace}.{target.shard}.master, no valid tablet")
        return
    if word == "show":
        what = re.match(r"show\s+(\w*)", sql, re.IGNORECASE)
        refused = SHOWS.get(what[1].lower() if what else "", "unsupported show statement")
        if refused:
            raise GateError(refused)
    elif word in DEFINITIONS:
        raise GateError("unsupported construct: ddl")
    elif target.keyspace and word not in PLACELESS and target.keyspace not in catalogue.names():
        raise GateError(f"keyspace {target.keyspace} not found in vschema")
