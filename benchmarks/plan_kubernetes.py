"""`plan` of 1,000 tablets against a real API server, and `kubectl diff` of the same objects, in turn.

Run: python -m benchmarks.plan_kubernetes [RUNS]. Needs no root: etcd, API server and controller manager, no node.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.kubernetes import Large, bed, large, writes
from benchmarks.timing import wall
from vitessctl.targets.base import Operation
from vitessctl.targets.kubernetes import kinds

QUIET_SECONDS = 300.0
"""How long the controllers may take until they have seen 1,000 new StatefulSets."""


def main(runs: int = 5) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="vb") as folder,
        bed(nodes=0) as cluster,
        large(str(cluster.binaries.bin / "kubectl"), Path(folder)) as found,
    ):
        measure(found, Path(folder), runs)


def measure(found: Large, folder: Path, runs: int) -> None:
    """All of it, on an API server that has nothing of the cluster yet."""
    api = found.target.api
    api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": found.target.namespace}})
    seconds, counts = counted(found, lambda: found.target.apply(found.documents))
    print(f"{len(found.documents)} objects applied in {seconds:.1f} s, {writes(counts)} writes, {dict(counts)}")
    await_controllers(found)

    found.target.look_again()
    seconds, counts = counted(found, lambda: unchanged(found))
    print(f"looked at and applied again in {seconds:.2f} s of one process, {writes(counts)} writes, {dict(counts)}")
    against_kubectl(found, folder, runs)


def counted(found: Large, work: Callable[[], object]) -> tuple[float, Counter[str]]:
    """Seconds and requests by method."""
    before, begun = Counter(found.target.api.counts), time.perf_counter()
    work()
    return time.perf_counter() - begun, Counter(found.target.api.counts) - before


def unchanged(found: Large) -> None:
    """What an `up` without changes does: look, and apply what differs, which is nothing."""
    changes = [*found.target.observe(found.documents), *found.target.apply(found.documents)]
    assert {change.operation for change in changes} == {Operation.KEEP}


def await_controllers(found: Large) -> None:
    """Wait until the controllers write no more, so that they take nothing from what is measured."""
    end = time.monotonic() + QUIET_SECONDS
    while True:
        sets = found.target.api.list(kinds.STATEFUL_SET, found.target.namespace)
        if all((each.get("status") or {}).get("replicas") == each["spec"]["replicas"] for each in sets):
            return
        if time.monotonic() > end:
            raise SystemExit("the controllers do not come to rest")
        time.sleep(5.0)  # each look costs the API server 13 MB


def against_kubectl(found: Large, folder: Path, runs: int) -> None:
    """Whole processes, ours and kubectl's in turn."""
    objects = folder / "objects"
    ours = [sys.executable, "-m", "vitessctl"]
    wall([*ours, "render", "-i", str(found.inventory), "--target", "kubernetes", "-o", str(objects)])
    plan = [*ours, "plan", *found.arguments]
    diff = [found.kubectl, "diff", "--server-side", "--field-manager=vitessctl", "-R", "-f", str(objects)]
    diff += ["-n", found.target.namespace]
    print(subprocess.run(plan, check=True, capture_output=True, text=True).stdout.splitlines()[-3])
    pairs = [(wall(plan), wall(diff)) for _ in range(runs)]
    for name, seconds in (("vitessctl plan", [a for a, _ in pairs]), ("kubectl diff", [b for _, b in pairs])):
        print(f"{name:<15} median {statistics.median(seconds):6.2f} s   of {', '.join(f'{s:.2f}' for s in seconds)}")
    print(f"kubectl takes {statistics.median(b / a for a, b in pairs):.1f} times as long, pair by pair")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
