"""The fields in which two values differ, as fine as a person wants to read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from vitessctl.plan.kinds import FILLED_IN, KEY_DEFAULTS, LIST_KEYS, SETS
from vitessctl.plan.paths import Path, keyed, valued
from vitessctl.plan.values import empty, same

Counts = Callable[[str, Any], bool]
"""Whether a field that only the value before has is a difference."""


class Difference(NamedTuple):
    """One place; an absent value is None."""

    path: Path
    before: Any
    after: Any


def always(field: str, value: Any) -> bool:
    """Two answers of the server: whatever is gone is gone."""
    return not empty(value)


def never(field: str, value: Any) -> bool:
    """What we do not mention is not ours."""
    return False


def unless_filled_in(field: str, value: Any) -> bool:
    """Inside of a value that we own as a whole: the rest is what the server filled in, or something we dropped."""
    return not empty(value) and value not in FILLED_IN.get(field, ())


def differences(before: Any, after: Any, path: Path, counts: Counts) -> Iterator[Difference]:
    """What differs from `before` to `after`, below a place."""
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _of_maps(before, after, path, counts)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _of_lists(before, after, path, counts)
    elif not same(before, after, path) and not (empty(before) and empty(after) and None in (before, after)):
        yield Difference(path, before, after)


def _of_maps(before: Mapping[str, Any], after: Mapping[str, Any], path: Path, counts: Counts) -> Iterator[Difference]:
    for key, value in after.items():
        yield from differences(before.get(key), value, (*path, f"f:{key}"), counts)
    for key, value in before.items():
        if key not in after and counts(key, value):
            yield Difference((*path, f"f:{key}"), value, None)


def _of_lists(before: list[Any], after: list[Any], path: Path, counts: Counts) -> Iterator[Difference]:
    if before == after:
        return
    old, new = segments_of(before, path), segments_of(after, path)
    if len(set(old)) < len(old) or len(set(new)) < len(new):
        yield Difference(path, before, after)
        return
    old_items, new_items = dict(zip(old, before, strict=True)), dict(zip(new, after, strict=True))
    found = [d for s, item in new_items.items() for d in _of_items(old_items.get(s), item, (*path, s), counts)]
    if counts is not never:
        found += [Difference((*path, s), item, None) for s, item in old_items.items() if s not in new_items]
    yield from found or _of_order(before, after, old, new, path)


def _of_items(before: Any, after: Any, path: Path, counts: Counts) -> Iterator[Difference]:
    if before is None:
        yield Difference(path, None, after)
    else:
        yield from differences(before, after, path, counts)


def _of_order(before: list[Any], after: list[Any], old: list[str], new: list[str], path: Path) -> Iterator[Difference]:
    """The same items, differently ordered: that matters for init containers, arguments and variables."""
    if [segment for segment in old if segment in set(new)] != new:
        yield Difference(path, before, after)


def segments_of(items: Sequence[Any], path: Path) -> list[str]:
    """What tells a list's items apart: keys, for flags their names, for other text itself, else the position."""
    field = path[-1][2:] if path else ""
    if field in SETS:
        return [valued(item) for item in items]
    if field == "volumeClaimTemplates":
        return [keyed(("name",), ((item.get("metadata") or {}).get("name"),)) for item in items]
    for names in LIST_KEYS.get(field, ()):
        if all(isinstance(item, Mapping) and names[0] in item for item in items):
            return [segment_of(item, names) for item in items]
    if field in ("args", "command") and all(isinstance(item, str) for item in items):
        return [f"i:{item.partition('=')[0]}" for item in items]
    return [f"i:{index}" for index in range(len(items))]


def segment_of(item: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The segment of one item by its keys."""
    return keyed(names, tuple(item.get(name, KEY_DEFAULTS.get(name)) for name in names))
