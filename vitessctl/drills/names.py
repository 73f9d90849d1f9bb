"""What the drills are called. Nothing heavy is needed for it, as `vitessctl --help` loads it."""

from __future__ import annotations

from enum import Enum


class Name(str, Enum):
    """The drills, as one says them on the command line."""

    kill_primary = "kill-primary"
    kill_vttablet = "kill-vttablet"
    kill_replica = "kill-replica"
    kill_vtgate = "kill-vtgate"
    kill_vtctld = "kill-vtctld"
    kill_etcd = "kill-etcd"
    restart_all = "restart-all"
    drain_node = "drain-node"
