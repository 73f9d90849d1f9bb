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
    """The key ranges; none if one of them is not sound, which another rule reports."""
    try:
        return [shard.key_range for shard in keyspace.shards if shard.name != UNSHARDED]
    except ValueError:
        return []


def _sentence(keyspace: KeyspaceView, fault: CoverageFault) -> tuple[str, str, str]:
    if fault.kind == "overlap":
        return (
            f"shards {fault.left} and {fault.right} of {keyspace.name} overlap",
            "a row in both would be in neither for sure",
            "let one begin where the other ends",
        )
    return (
        f"the shards of {keyspace.name} leave a gap between {fault.left} and {fault.right}",
        "a row that falls into it has no place to go",
        "add the missing range, or write the number of shards instead of a list",
    )
