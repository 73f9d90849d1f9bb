"""The order of a bring-up, one stage a file.

The needs form a graph: what waits for nothing starts at once. MySQL's initialisation is the longest part by
far and needs nothing of Vitess, so it runs beside etcd, vtctld, cells and keyspaces.
"""

from vitessctl.run.stage import Stage
from vitessctl.run.stages import (
    applications,
    cells,
    etcd,
    keyspaces,
    mysql,
    primary,
    prune,
    replication,
    rollout,
    schema,
    tablets,
    vtctld,
    vtgate,
    vtorc,
)

STAGES: tuple[Stage, ...] = (
    etcd.STAGE,
    vtctld.STAGE,
    cells.STAGE,
    keyspaces.STAGE,
    mysql.STAGE,
    tablets.STAGE,
    primary.STAGE,
    rollout.STAGE,
    vtorc.STAGE,
    replication.STAGE,
    schema.STAGE,
    vtgate.STAGE,
    applications.STAGE,
    prune.STAGE,
)
"""In the order that a person reads them; every stage comes after all that it needs."""
