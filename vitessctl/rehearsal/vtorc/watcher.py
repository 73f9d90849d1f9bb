"""vtorc's loop: look at every shard, and act on what stayed wrong long enough."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence

from vitessctl.rehearsal.etcd.client import EtcdError
from vitessctl.rehearsal.servenv.log import Log, timestamp
from vitessctl.rehearsal.servenv.times import seconds
from vitessctl.rehearsal.tablet_rpc import TabletError
from vitessctl.rehearsal.topology import TopologyError
from vitessctl.rehearsal.topology_names import Refused
from vitessctl.rehearsal.topology_records import Topology
from vitessctl.rehearsal.vtctld.tablets import Tablets
from vitessctl.rehearsal.vtorc.analysis import Problem, problems
from vitessctl.rehearsal.vtorc.recovery import EMERGENCY, KINDS, PLANNED, Settings, recover
from vitessctl.rehearsal.vtorc.view import ShardView, ask, read_shards

LASTING = ("DeadPrimary", "PrimaryTabletDeleted")
"""Problems that must last before anything is done; the others are mended at first sight."""


class Watcher:
    """The state of one vtorc. `look` is one round; `run` repeats it."""

    def __init__(
        self, topology: Topology, tablets: Tablets, clusters: Sequence[str], settings: Settings, log: Log
    ) -> None:
        self.recovering = True
        """Whether recoveries are on (--allow-recovery, and the API that turns them off)."""
        self.healthy = False
        self.last_reported = ""
        self.found: tuple[Problem, ...] = ()
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in COUNTERS}
        self.failed_looks = 0
        self._topology = topology
        self._clusters = clusters
        self._settings = settings
        self._log = log
        self._tablets = tablets
        self._since: dict[Problem, float] = {}
        self._pause: dict[Problem, float] = {}
        self._stopping = threading.Event()

    def run(self) -> None:
        """Look again and again until `stop`."""
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(seconds("vtorc_poll"))

    def stop(self) -> None:
        """End the loop."""
        self._stopping.set()

    def look(self) -> None:
        """One round: read the topology, ask every tablet, mend what can be mended."""
        try:
            views = [ask(view, self._tablets) for view in read_shards(self._topology, self._clusters)]
        except (TopologyError, EtcdError) as error:
            self._log.error(f"error refreshing the topology: {error}")
            return
        self.failed_looks += sum(len(view.tablets) - len(view.statuses) for view in views)
        by_shard = [(view, problems(view)) for view in views]
        self._remember([problem for _, found in by_shard for problem in found])
        self.healthy, self.last_reported = True, timestamp()
        for view, found in by_shard:
            self._mend(view, found)

    def _remember(self, found: Sequence[Problem]) -> None:
        now = time.monotonic()
        self.found = tuple(found)
        self._since = {problem: self._since.get(problem, now) for problem in found}
        self._pause = {problem: until for problem, until in self._pause.items() if problem in self._since}

    def _mend(self, view: ShardView, found: Sequence[Problem]) -> None:
        for problem in found:
            if problem.actionable and self._is_time(problem):
                self._recover(problem, view)

    def _is_time(self, problem: Problem) -> bool:
        now = time.monotonic()
        lasts = now - self._since[problem] >= seconds("vtorc_detection") or problem.code not in LASTING
        return lasts and now >= self._pause.get(problem, 0.0)

    def _recover(self, problem: Problem, view: ShardView) -> None:
        kind = KINDS[problem.code][0]
        key = f"{kind}.{view.keyspace}.{view.name}"
        if not self.recovering:
            self.counts["SkippedRecoveries"][key] += 1
            return
        self._log.info(f"Executing recovery function {kind} for {problem.code} on {problem.alias}")
        self._pause[problem] = time.monotonic() + seconds("vtorc_recovery_pause")
        try:
            done = recover(problem, view, self._topology, self._tablets, self._log, self._settings)
        except (Refused, TopologyError, TabletError, EtcdError) as error:
            self._log.error(f"Failed to execute recovery function {kind} on {problem.alias}: {error}")
            self._count("FailedRecoveries", key, kind, view, "failure")
            return
        if done:
            self._count("SuccessfulRecoveries", key, kind, view, "success")

    def _count(self, counter: str, key: str, kind: str, view: ShardView, result: str) -> None:
        self.counts[counter][key] += 1
        shard = f"{view.keyspace}.{view.name}.{result}"
        if kind in EMERGENCY:
            self.counts["EmergencyReparentCounts"][shard] += 1
        if kind in PLANNED:
            self.counts["PlannedReparentCounts"][shard] += 1


COUNTERS = (
    "SuccessfulRecoveries",
    "FailedRecoveries",
    "SkippedRecoveries",
    "EmergencyReparentCounts",
    "PlannedReparentCounts",
)
"""Counters of /debug/vars, each by what it counts."""
