"""Timing whole processes, in pairs, so that a machine that drifts does not decide the comparison."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Sequence


def wall(command: Sequence[str]) -> float:
    """Seconds that one run of a command takes; ends the benchmark with its words if it fails."""
    begun = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed with exit code {done.returncode}:\n{done.stderr}")
    return time.perf_counter() - begun


def compare(name: str, command: Sequence[str], baseline: Sequence[str], runs: int) -> float:
    """Run both in turn and print medians and the median of the pairwise ratios; gives that ratio."""
    wall(command), wall(baseline)
    pairs = [(wall(command), wall(baseline)) for _ in range(runs)]
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    ours = statistics.median(pair[0] for pair in pairs)
    theirs = statistics.median(pair[1] for pair in pairs)
    print(f"{name:<28} {ours * 1000:7.0f} ms   empty typer program {theirs * 1000:5.0f} ms   ratio {ratio:.2f}")
    return ratio
