"""Every drill: what it kills, how, and whom it hits. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from vitessctl.drills.names import Name
from vitessctl.targets.base import Force


class Whom(Enum):
    """Which of the components that fit are hit."""

    PRIMARY = "the primary"
    REPLICA = "a replica"
    ONE = "one of them"
    ALL = "all"
    NODE = "all on a node"


@dataclass(frozen=True)
class Drill:
    """One drill."""

    name: Name
    does: Mapping[str, str]
    """What it does, in a sentence for Kubernetes (`kubernetes`) and for one machine (`local`)."""
    whom: Whom
    force: Force
    components: Sequence[str] = ()
    """The components that are hit, in the words of documents; empty: every one."""
    ends_primary: bool = False
    """Whether a shard's primary ends by it, so that another has to lead."""

    def sentence(self, target: str) -> str:
        """What it does on a target."""
        return self.does["kubernetes" if target == "kubernetes" else "local"]


TABLET = ("vttablet", "mysqlctld")
_DRILLS = (
    Drill(
        Name.kill_primary,
        {
            "kubernetes": "deletes the pod of the primary without grace: vttablet and MySQL end at once",
            "local": "kill -9 of the primary's vttablet, mysqlctld and mysqld",
        },
        Whom.PRIMARY,
        Force.WHOLE,
        TABLET,
        ends_primary=True,
    ),
    Drill(
        Name.kill_vttablet,
        {
            "kubernetes": "ends vttablet at once in the pod of the primary; its MySQL goes on",
            "local": "kill -9 of the primary's vttablet; its MySQL goes on",
        },
        Whom.PRIMARY,
        Force.PROGRAM,
        ("vttablet",),
    ),
    Drill(
        Name.kill_replica,
        {
            "kubernetes": "deletes the pod of a replica without grace: vttablet and MySQL end at once",
            "local": "kill -9 of a replica's vttablet, mysqlctld and mysqld",
        },
        Whom.REPLICA,
        Force.WHOLE,
        TABLET,
    ),
    Drill(
        Name.kill_vtgate,
        {
            "kubernetes": "deletes the pod of the vtgate that rows are written through without grace",
            "local": "kill -9 of the vtgate that rows are written through",
        },
        Whom.ONE,
        Force.WHOLE,
        ("vtgate",),
    ),
    Drill(
        Name.kill_vtctld,
        {"kubernetes": "deletes the pod of vtctld without grace", "local": "kill -9 of vtctld"},
        Whom.ONE,
        Force.WHOLE,
        ("vtctld",),
    ),
    Drill(
        Name.kill_etcd,
        {
            "kubernetes": "deletes the pod of one etcd member without grace",
            "local": "kill -9 of one etcd member",
        },
        Whom.ONE,
        Force.WHOLE,
        ("etcd",),
    ),
    Drill(
        Name.restart_all,
        {
            "kubernetes": "deletes every pod of the cluster, with its grace; they are made anew",
            "local": "stops every server in the order of `down`, and starts them all again",
        },
        Whom.ALL,
        Force.RESTART,
        ends_primary=True,
    ),
    Drill(
        Name.drain_node,
        {
            "kubernetes": "evicts every pod of the cluster that is on one node, as its disruption budgets allow it",
            "local": "needs more than one node",
        },
        Whom.NODE,
        Force.EVICT,
        ends_primary=True,
    ),
)
DRILLS: Mapping[Name, Drill] = {drill.name: drill for drill in _DRILLS}
"""By name."""
