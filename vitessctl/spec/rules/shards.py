"""The shards of a keyspace hold every row exactly once."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.model.keyrange import CoverageFault, KeyRange, coverage_faults
from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.view import UNSHARDED, KeyspaceView, View


def ranges_are_sound(view: View) -> Iterator[Finding]:
    """Each name alone is a key range that holds something."""
    for keyspace in view.keyspaces:
        for shard in keyspace.shards:
            try:
                _ = shard.key_range
            except ValueError as error:
                yield finding(view, shard.path, str(error), fix="write the lower bound first, like 40-80")
            if shard.name == UNSHARDED and len(keyspace.shards) > 1:
                yield finding(
                    view,
                    shard.path,
                    f"shard 0 of {keyspace.name} cannot have shards beside it",
                    why="it holds everything",
                    fix="remove it, and write key ranges like -80 and 80-",
                )


def ranges_cover_everything(view: View) -> Iterator[Finding]:
    """All together leave no hole and do not overlap."""
    for keyspace in view.keyspaces:
        ranges = _ranges(keyspace)
        for fault in coverage_faults(ranges) if ranges else ():
            yield finding(view, (*keyspace.path, "shards"), *_sentence(keyspace, fault))


def _ranges(keyspace: KeyspaceView) -> list[KeyRange]:
    """The key ranges; none if one of them is not sound or holds everything, which another rule reports."""
    if any(shard.name == UNSHARDED for shard in keyspace.shards):
        return []
    try:
        return [shard.key_range for shard in keyspace.shards]
    except ValueError:
        return []


def _sentence(keyspace: KeyspaceView, fault: CoverageFault) -> tuple[str, str, str]:
    if fault.kind == "overlap":
        return (
            f"shards {fault.left} and {fault.right} of {keyspace.name} overlap",
            "a row that belongs to both would be written to one and looked for in the other",
            "let one begin where the other ends",
        )
    hole = f"between {fault.left} and {fault.right}"
    hole = f"before {fault.right}" if fault.left == "start" else hole
    hole = f"after {fault.left}" if fault.right == "end" else hole
    return (
        f"the shards of {keyspace.name} leave a gap {hole}",
        "a row that falls into it has no place to go",
        "add the missing range, or write the number of shards instead of a list",
    )
