"""Two clusters in one namespace share no name and select none of the other's pods, whatever their names are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.unit.render.clusters import minimal
from vitessctl.model.cluster import Autoscale, Cell, Cluster, Topology, User, Vtgate
from vitessctl.render.documents import Document
from vitessctl.render.names import OBJECT_NAME_LIMIT
from vitessctl.render.render import render
from vitessctl.spec.rules.names import MAX_CLUSTER_AND_CELL, PARTS

WORDS = ("a", "b", "etcd", "vtctld", "vttablet", "vtorc", "vtgate", "peer", "users", "mysql", "zone1", "x" * 12)
"""Words of which names could be made that look like those of another cluster's objects."""
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("-".join).filter(lambda name: len(name) <= 40)


def is_allowed(cluster: str, cell: str) -> bool:
    """What the rules of the spec let through."""
    return len(cluster) + len(cell) <= MAX_CLUSTER_AND_CELL and not set(cluster.split("-")[1:]) & set(PARTS)


def documents(cluster: str, cell: str, keyspace: str) -> tuple[Document, ...]:
    made: Cluster = minimal(
        name=cluster,
        namespace="shared",
        topology=Topology(members=3),
        cells=(Cell(cell, vtgate=Vtgate(autoscale=Autoscale(max=2))),),
        users=(User("u", "p"),),
    )
    (given_keyspace,) = made.keyspaces
    (shard,) = given_keyspace.shards
    tablets = tuple(replace(tablet, cell=cell, keyspace=keyspace) for tablet in shard.tablets)
    shards = (replace(shard, keyspace=keyspace, tablets=tablets),)
    return render(replace(made, keyspaces=(replace(given_keyspace, name=keyspace, shards=shards),)), "kubernetes")


def pods(found: tuple[Document, ...]) -> list[dict[str, str]]:
    return [
        each.data["spec"]["template"]["metadata"]["labels"] for each in found if "template" in each.data.get("spec", {})
    ]


def selectors(found: tuple[Document, ...]) -> list[dict[str, str]]:
    """Everything that chooses pods, wherever it stands."""

    def below(data: Any) -> list[dict[str, str]]:
        if isinstance(data, list):
            return [each for item in data for each in below(item)]
        if not isinstance(data, dict):
            return []
        chosen = [data["matchLabels"]] if "matchLabels" in data else []
        return chosen + [each for item in data.values() for each in below(item)]

    services = [each.data["spec"]["selector"] for each in found if each.kind == "Service"]
    return services + [each for document in found for each in below(document.data)]


@settings(deadline=None, max_examples=15)
@given(st.tuples(NAMES, NAMES, NAMES), st.tuples(NAMES, NAMES, NAMES))
def test_two_clusters_never_meet(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assume(one[0] != other[0] and is_allowed(*one[:2]) and is_allowed(*other[:2]))
    first, second = documents(*one), documents(*other)
    assert not {each.label for each in first} & {each.label for each in second}
    assert len({each.label for each in first}) == len(first)
    for mine, theirs in ((first, second), (second, first)):
        for selector in selectors(mine):
            assert not [labels for labels in pods(theirs) if selector.items() <= labels.items()]


def test_without_the_rule_they_would() -> None:
    first = {each.label for each in documents("a", "b-etcd", "k")}
    second = {each.label for each in documents("a-vtgate-b", "z", "k")}
    assert first & second == {f"{kind}/a-vtgate-b-etcd" for kind in ("Service", "PodDisruptionBudget")}
    assert not is_allowed("a-vtgate-b", "z")


def test_names_at_the_limit_are_whole() -> None:
    cluster, cell = "c" * 40, "zz"
    found = documents(cluster, cell, "k" * 61)
    assert all(len(each.name) <= OBJECT_NAME_LIMIT for each in found)
    assert len({each.label for each in found}) == len(found)
