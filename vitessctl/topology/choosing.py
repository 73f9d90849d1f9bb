"""The part of a topology that a path means. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from vitessctl.errors import VitessctlError
from vitessctl.topology.records import GLOBAL, Node


class PathMissing(VitessctlError):
    """Nothing is at a path."""

    def __init__(self, path: str, known: Sequence[str]) -> None:
        self.path = path
        close = difflib.get_close_matches(path, known, 1, 0.75)
        super().__init__(
            f"there is nothing at {path} in the topology",
            where=path,
            fix=f"did you mean {close[0]}?" if close else "see what there is: vitessctl topology",
        )


def below(nodes: Sequence[Node], path: str, roots: dict[str, str]) -> tuple[Node, ...]:
    """The record at a path, or all below it; without a path all. Raises PathMissing.

    A path begins with `global` or a cell, as for vtctldclient's GetTopologyPath, or with a root as etcd has it; else it
    is one of `global`.
    """
    wanted = full_path(path, roots)
    if wanted == "/":
        return tuple(nodes)
    found = tuple(node for node in nodes if node.address == wanted or node.address.startswith(f"{wanted}/"))
    if not found:
        raise PathMissing(wanted, sorted(_places(nodes)))
    return found


def full_path(path: str, roots: dict[str, str]) -> str:
    """`/CELL/PATH`, without a slash at the end."""
    clean = "/" + path.strip("/")
    for cell, root in sorted(roots.items(), key=lambda pair: -len(pair[1])):
        if root and (clean == root or clean.startswith(f"{root.rstrip('/')}/")):
            return f"/{cell}{clean[len(root.rstrip('/')) :]}"
    if clean == "/" or clean.split("/")[1] in roots:
        return clean
    return f"/{GLOBAL}{clean}"


def _places(nodes: Sequence[Node]) -> set[str]:
    """Every record, and every folder above one."""
    places = set()
    for node in nodes:
        parts = node.address.split("/")
        places |= {"/".join(parts[:length]) for length in range(2, len(parts) + 1)}
    return places
