"""Fixtures of the control half: processes, an etcd for the whole run, a topology in memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.rehearsal.control.memory_etcd import memory_topology
from tests.rehearsal.control.programs import EtcdMember, Programs, eventually, page, programs, start_etcd
from vitessctl.rehearsal.etcd.client import EtcdClient
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.topology_records import Topology

_roots = itertools.count()


@pytest.fixture
def started() -> Iterator[Programs]:
    """Start programs with it; they are gone when the test is over."""
    with programs() as running:
        yield running


@pytest.fixture(scope="session")
def etcd() -> Iterator[EtcdMember]:
    """One etcd stand-in for all tests that only need one; each uses keys of its own."""
    with programs() as running:
        member = start_etcd(running)
        eventually(lambda: page(member.metrics, "/health"), "etcd answers")
        yield member


@pytest.fixture
def client(etcd: EtcdMember) -> Iterator[EtcdClient]:
    found = EtcdClient(etcd.client)
    yield found
    found.close()


@pytest.fixture
def topology() -> Topology:
    """A topology in memory with the cells zone1 and zone2."""
    return memory_topology("zone1", "zone2")


@pytest.fixture
def log() -> Log:
    return Log("test")


@pytest.fixture
def root() -> str:
    """A root in the shared etcd that no other test has."""
    return f"/test{next(_roots)}"
