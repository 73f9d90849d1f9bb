"""Names become names of Kubernetes objects, which know no capitals and no underscores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.view import View

MAX_CLUSTER_AND_CELL = 42
"""A tablet's object is called <cluster>-vttablet-<cell>-<UID of ten digits> and may have 63 characters."""


def kubernetes_names_differ(view: View) -> Iterator[Finding]:
    """Two cells, or two keyspaces, must not become one name."""
    for field, names in (("cells", view.cells), ("keyspaces", view.spec.data["keyspaces"])):
        yield from _differ(view, field, names)


def _differ(view: View, field: str, names: Iterable[str]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name in names:
        plain = name.lower().replace("_", "-")
        if plain in seen:
            yield finding(
                view,
                (field, name),
                f"{field} {seen[plain]} and {name} become one name",
                why=f"Kubernetes knows no capitals and no underscores, so both are {plain} there",
                fix="rename one of them",
                at_key=True,
            )
        seen.setdefault(plain, name)


def kubernetes_names_fit(view: View) -> Iterator[Finding]:
    """The names of cluster and cell together leave room for the rest of a tablet's name."""
    cluster = view.spec.data["cluster"]
    for cell in view.cells:
        length = len(cluster) + len(cell)
        if length > MAX_CLUSTER_AND_CELL:
            yield finding(
                view,
                ("cells", cell),
                f"the names {cluster} and {cell} are too long together",
                why=f"a tablet's name holds both; they may have {MAX_CLUSTER_AND_CELL} characters, not {length}",
                fix="shorten one of them",
                at_key=True,
            )


PARTS = ("vttablet", "vtorc", "vtgate", "application")
"""What follows the cluster's name where that of a cell, a keyspace or an application comes after it."""


def clusters_stay_apart(view: View) -> Iterator[Finding]:
    """Two clusters in one namespace never share a name: the first of these words ends the cluster's.

    The vtgate of cluster `a` in cell `b-etcd` would be the etcd of a cluster `a-vtgate-b`.
    """
    cluster = view.spec.data["cluster"]
    for part in PARTS:
        if part in cluster.split("-")[1:]:
            yield finding(
                view,
                ("cluster",),
                f"the name {cluster} holds {part}",
                why=f"the objects of a cluster called {cluster.partition(f'-{part}')[0]} could have the same names",
                fix="choose another name",
            )
