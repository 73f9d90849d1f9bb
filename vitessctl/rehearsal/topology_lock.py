"""Locks on shards and keyspaces: a key under `locks/` that lives on a lease, oldest first."""

from __future__ import annotations

import json
import os
import pwd
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from vitessctl.rehearsal.etcd.client import EtcdError, prefix_end
from vitessctl.rehearsal.etcd.proto import etcd_pb2 as pb
from vitessctl.rehearsal.servenv.log import timestamp
from vitessctl.rehearsal.servenv.times import seconds
from vitessctl.rehearsal.topology import Reason, Store, TopologyError
from vitessctl.rehearsal.topology_records import Topology

CALL_SECONDS: Final = 5.0
POLL_SECONDS: Final = 0.05


@contextmanager
def shard_lock(topology: Topology, keyspace: str, shard: str, action: str) -> Iterator[None]:
    """Hold a shard's lock; waits behind others. ABSENT if there is no such shard."""
    with lock(topology.store, topology.shard_directory(keyspace, shard), action):
        yield


@contextmanager
def keyspace_lock(topology: Topology, keyspace: str, action: str) -> Iterator[None]:
    """Hold a keyspace's lock."""
    with lock(topology.store, topology.keyspace_directory(keyspace), action):
        yield


@contextmanager
def lock(store: Store, directory: str, action: str) -> Iterator[None]:
    """Hold the lock of a directory, which must hold something. TIMEOUT if others keep it too long."""
    try:
        store.names(directory)
    except TopologyError as error:
        raise TopologyError(error.reason, f"{directory}/") from None
    lease = store.etcd.grant(max(1, int(seconds("lease_ttl"))), store.time_left())
    key = f"{directory}/locks/{lease}"
    done = threading.Event()
    try:
        revision = store.etcd.put(key.encode(), _content(action), store.time_left(), lease)
        _keep_alive(store, lease, done)
        _wait_for_older(store, f"{directory}/locks/", revision)
        yield
    finally:
        done.set()
        with suppress(EtcdError):
            store.etcd.revoke(lease, CALL_SECONDS)


def _content(action: str) -> bytes:
    record = {
        "Action": action,
        "HostName": socket.gethostname(),
        "UserName": _user(),
        "Time": timestamp(),
        "Options": {},
        "Status": "Running",
    }
    return json.dumps(record, indent=2).encode()


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return "unknown"


def _keep_alive(store: Store, lease: int, done: threading.Event) -> None:
    def renew() -> None:
        while not done.wait(seconds("lease_ttl") / 3):
            with suppress(EtcdError):
                store.etcd.keep_alive(lease, CALL_SECONDS)

    threading.Thread(target=renew, daemon=True).start()


def _wait_for_older(store: Store, prefix: str, revision: int) -> None:
    """Until no key under the prefix is older than the revision that wrote ours."""
    end = time.monotonic() + seconds("lock_wait")
    request = pb.RangeRequest(key=prefix.encode(), range_end=prefix_end(prefix.encode()), keys_only=True)
    while any(pair.mod_revision < revision for pair in store.etcd.range(request, store.time_left()).kvs):
        if time.monotonic() > end or store.time_left() < POLL_SECONDS:
            raise TopologyError(Reason.TIMEOUT, prefix + str(revision))
        time.sleep(POLL_SECONDS)
