"""Clusters side by side on a real API server: in one namespace, of one name, and with names at their limits."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from tests.api.cycle import STEPS, Cycle, apply, living_nodes, look_again, stop
from vitessctl.targets.kubernetes.retry import Patience

_numbers = itertools.count(1)
Place = Callable[..., str]


@pytest.fixture(scope="module")
def server(api_server: Any) -> Iterator[Any]:
    with living_nodes(api_server):
        yield api_server


@pytest.fixture
def place(server: Any) -> Iterator[Place]:
    """Makes namespaces, which go in the end."""
    with ExitStack() as stack:
        yield lambda name="": stack.enter_context(_namespace(server, name or f"names-{next(_numbers)}"))


@contextmanager
def _namespace(server: Any, name: str) -> Iterator[str]:
    server.kubectl("create", "namespace", name)
    yield name
    server.kubectl("delete", "namespace", name, "--wait=false")


def a_cluster(server: Any, namespace: str, *extra: str) -> Cycle:
    return Cycle("minimal", namespace, server.kubeconfig, Patience(), extra)


def check_that_neither_touches_the_other(one: Cycle, other: Cycle) -> None:
    apply(one)
    apply(other)
    look_again(one)
    mine = one.left()

    stop_all_of(other)

    assert one.left() == mine
    look_again(one)


def stop_all_of(cycle: Cycle) -> None:
    cycle.fewer_by = 0
    stop(cycle)


def test_two_clusters_in_one_namespace(server: Any, place: Place) -> None:
    namespace = place()
    check_that_neither_touches_the_other(a_cluster(server, namespace), a_cluster(server, namespace, "cluster=other"))


def test_one_name_is_the_beginning_of_the_other(server: Any, place: Place) -> None:
    namespace = place()
    check_that_neither_touches_the_other(
        a_cluster(server, namespace, "cluster=shop"), a_cluster(server, namespace, "cluster=shop-2")
    )


def test_the_same_name_in_two_namespaces(server: Any, place: Place) -> None:
    check_that_neither_touches_the_other(a_cluster(server, place()), a_cluster(server, place()))


def test_names_at_their_limits(server: Any, place: Place) -> None:
    """40 characters for the cluster, 63 for the namespace, 61 for a keyspace, and what is left for a cell."""
    pools = "pools: [{cell: zz, type: replica, tablets: 2}]"
    extra = (
        f"cluster={'c' * 40}",
        "cells=[zz]",
        f"keyspaces={{messages: {{{pools}}}, {'k' * 61}: {{shards: ['-80', '80-'], {pools}}}}}",
    )
    cycle = a_cluster(server, place("n" * 63), *extra)
    for step in STEPS:
        step(cycle)
