"""The stand-in for etcdctl, as far as people and probes need it: `etcdctl endpoint health`."""

from __future__ import annotations

import os
import sys
import time
from typing import Final

from vitessctl.rehearsal.clients.words import UsageError, split
from vitessctl.rehearsal.etcd.client import EtcdClient, EtcdError
from vitessctl.rehearsal.servenv.flags import parse_duration

KINDS: Final = {"endpoints": "text", "command-timeout": "duration", "dial-timeout": "duration"}
DEFAULT_ENDPOINT: Final = "127.0.0.1:2379"


def main(arguments: list[str]) -> int:
    """Ask every endpoint; gives 0 if all are well, else 1."""
    try:
        line = split(arguments, KINDS)
    except UsageError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    if line.words != ("endpoint", "health"):
        sys.stderr.write(f"Error: the stand-in knows only `endpoint health`, not `{' '.join(line.words)}`\n")
        return 1
    endpoints = line.flags.get("endpoints") or os.environ.get("ETCDCTL_ENDPOINTS") or DEFAULT_ENDPOINT
    patience = parse_duration(line.flags.get("command-timeout", "5s"))
    well = [healthy(endpoint, patience) for endpoint in endpoints.split(",")]
    if all(well):
        return 0
    sys.stderr.write("Error: unhealthy cluster\n")
    return 1


def healthy(endpoint: str, seconds: float) -> bool:
    """Whether a member answers a read within `seconds`; says which on stdout, or on stderr why not."""
    started = time.monotonic()
    try:
        EtcdClient(endpoint).get(b"health", seconds)
    except EtcdError:
        sys.stderr.write(f"{endpoint} is unhealthy: failed to commit proposal: context deadline exceeded\n")
        return False
    took = (time.monotonic() - started) * 1000
    sys.stdout.write(f"{endpoint} is healthy: successfully committed proposal: took = {took:.6f}ms\n")
    return True
