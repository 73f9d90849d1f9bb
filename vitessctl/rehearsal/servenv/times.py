"""How long the stand-ins wait where the real servers wait.

VITESSCTL_REHEARSAL_TIMES=fast (the default) keeps the order of events and shortens each wait; `real` takes the
times that were measured on Vitess 24 (seconds, reference: the table of each entry's comment).
"""

from __future__ import annotations

import os
from typing import Final

TIMES: Final[dict[str, tuple[float, float]]] = {
    # name: (real, fast)
    "topo_open": (5.0, 1.0),  # a server gives up on an etcd that does not answer
    "remote_operation": (15.0, 3.0),  # one call to a tablet inside a reparent or a shard-wide read
    "wait_replicas": (30.0, 4.0),  # a reparent without wait_replicas_timeout
    "validate_ping": (30.0, 2.0),  # Validate with a dead tablet
    "prs_demotion": (0.9, 0.05),  # between demoting the old primary and promoting the new one
    "lock_wait": (45.0, 15.0),  # --lock-timeout: how long a caller queues for a shard
    "lease_ttl": (30.0, 10.0),  # of a lock whose holder died
    "vtorc_poll": (1.0, 0.25),  # one look at every tablet
    "vtorc_detection": (3.0, 0.25),  # a dead primary must look dead this long
    "vtorc_recovery_pause": (5.0, 1.0),  # before the same recovery is tried again
    "vtorc_tablet_call": (1.0, 0.6),  # a tablet that does not answer in this time does not answer
    "vtgate_initial_tablets": (30.0, 3.0),  # no port is open meanwhile
    "vtgate_reconnect_longest": (14.0, 1.0),  # back-off to a tablet that was long away
    "vtgate_query": (30.0, 3.0),  # a write that no replica acknowledges
    "mycnf_wait": (10.0, 1.0),  # vttablet without my.cnf
    "mysqld_init": (6.5, 1.0),  # a fresh data dir; longer than vtorc needs to replace a primary that lost its data
    "mysqld_start": (1.0, 0.0),
    "mysqld_stop": (1.0, 0.0),
    "mysqld_vanish": (1.5, 0.2),  # after kill -9 the old mysqld still counts as running
    "health_interval": (5.0, 0.5),  # shortest interval between a tablet's looks at itself
    "stream_drain": (10.0, 1.0),  # --onterm-timeout while a vtgate is connected
    "etcd_start": (0.5, 0.0),
}

FAST_SCALE: Final = 0.25
"""A timeout that a client asks for is shortened by this factor, so that failures come soon."""
SHORTEST: Final = 0.5


def real() -> bool:
    """Whether the measured times hold. Any other word than `real` means fast."""
    return os.environ.get("VITESSCTL_REHEARSAL_TIMES", "fast") == "real"


def seconds(name: str) -> float:
    """The wait of that name."""
    slow, fast = TIMES[name]
    return slow if real() else fast


def asked(timeout: float) -> float:
    """What a timeout that a client gave becomes here: itself, or shorter, but long enough for a busy machine."""
    return timeout if real() else min(timeout, max(SHORTEST, timeout * FAST_SCALE))
