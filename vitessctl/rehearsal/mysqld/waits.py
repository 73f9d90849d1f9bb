"""How long the stand-in mysqld waits where MySQL waits: (real, fast) in seconds, see servenv.times."""

from __future__ import annotations

from typing import Final

from vitessctl.rehearsal.servenv.times import real

WAITS: Final[dict[str, tuple[float, float]]] = {
    # name: (real, fast)
    "replica_retry": (10.0, 0.2),  # SOURCE_CONNECT_RETRY as Vitess sets it
    "replica_connect": (10.0, 1.0),
    "replica_net_timeout": (8.0, 8.0),  # a source that says nothing this long is gone
    "replica_heartbeat": (4.0, 1.0),
    "start": (1.0, 0.0),
    "stop": (1.0, 0.0),
    "lock_wait": (50.0, 10.0),  # innodb_lock_wait_timeout
}


def wait(name: str) -> float:
    """The wait of that name."""
    slow, fast = WAITS[name]
    return slow if real() else fast
