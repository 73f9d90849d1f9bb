"""The shape of a spec against the schema, so that the rest can still be looked at when a part is wrong.

What does not fit is reported and taken out, until what is left fits: then the rules can go over it and all
errors of a spec appear at once. What the rules say near a place where something was taken out is not
reported, for it may follow from that alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from vitessctl.errors import SpecError
from vitessctl.spec import schema
from vitessctl.spec.node import BROKEN, Node, Path, walk

MAX_ROUNDS = 20
_AROUND = 2
"""How much of a path says what a value belongs to: `keyspaces`, `messages`."""


class Sound(NamedTuple):
    """What is left of a spec when everything that does not fit was taken out."""

    root: Node | None
    """None if the rest makes no spec any more."""
    removed: frozenset[Path]

    def touches(self, path: Path) -> bool:
        """Whether something was taken out of what `path` belongs to, or of what that depends on."""
        return any(_is_near(gone, path) or _decides(gone, path) for gone in self.removed)


def _is_near(one: Path, other: Path) -> bool:
    """Whether two paths belong to one thing, or one of them to what holds the other."""
    length = min(_AROUND, len(one), len(other))
    return one[:length] == other[:length]


def _decides(gone: Path, path: Path) -> bool:
    """Cells decide on the pools of keyspaces, images on the release and on all that depends on it."""
    return (gone[0], path[0]) in _DECIDES


_DECIDES = {
    ("cells", "keyspaces"),
    ("images", "release"),
    ("release", "images"),
    ("image", "images"),
    ("image", "release"),
}


def mended(tree: Node, errors: list[SpecError]) -> Sound:
    """The part of a tree that fits the schema; what does not is added to `errors`."""
    broken = {path for path, node in walk(tree) if node.value is BROKEN}
    tree, removed = _without(tree, broken), set(broken)
    for attempt in range(MAX_ROUNDS):
        if schema.fits(schema.load(), tree.plain()):
            return Sound(tree, frozenset(removed))
        from vitessctl.spec.schema_errors import faults

        found = list(faults(tree))
        if attempt == 0:  # what does not fit later follows from what was taken out
            errors.extend(fault.error for fault in found if fault.about not in broken)
        paths = {fault.path for fault in found}
        if not paths or () in paths:
            break
        tree, removed = _without(tree, paths), removed | paths
    return Sound(None, frozenset(removed))


def _without(tree: Node, paths: Iterable[Path]) -> Node:
    """The tree without some values, those at the end of a list first so that the others keep their place."""
    for path in sorted(paths, key=lambda path: [str(step).rjust(12) for step in path], reverse=True):
        tree = tree.without(path)
    return tree
