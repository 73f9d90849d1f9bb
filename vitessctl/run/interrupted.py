"""Finishing a first election that was cut off half way, in releases that initialise a shard in steps (until 12).

InitShardMaster writes the new primary into the shard's record before it creates the keyspace's database. Whoever is
stopped between the two leaves a primary that can serve nothing, for ever: nobody creates the database later.
"""

from __future__ import annotations

from contextlib import suppress

from vitessctl.model.cluster import Shard
from vitessctl.run.context import Context
from vitessctl.vtctld.errors import RefusedError, VtctldError
from vitessctl.vtctld.legacy.first import prove_empty

PATIENCE_SECONDS = 5.0
"""How long a primary may take to serve after an election before this is thought of."""


def finish_first_election(context: Context, shard: Shard, alias: str, serves: bool) -> None:
    """Create the database of a primary that does not serve, if no tablet of its shard has any table.

    One that has lost its database, while others still have theirs, is not given an empty one: that would look healthy.
    """
    waited = context.lasts(f"{alias} does not serve", not serves)
    if context.release.elects_with == "PlannedReparentShard" or waited < PATIENCE_SECONDS:
        return
    with suppress(VtctldError):  # the next look tries again, and the stage says what it waits for
        _create_database(context, shard, alias)


def _create_database(context: Context, shard: Shard, alias: str) -> None:
    vtctld, name = context.vtctld, f"vt_{shard.keyspace}"
    if vtctld.fetch_as_dba(alias, f"show databases like '{name}'").rows:
        return
    recorded = [tablet.alias for tablet in vtctld.tablets(shard.keyspace, shard.name)]
    with suppress(RefusedError):
        prove_empty(shard.path, recorded, vtctld.fetch_as_dba)
        vtctld.fetch_as_dba(alias, f"create database if not exists `{name}`")
        context.acted("primary", f"created the database of {shard.path}, which an earlier run did not come to", True)
