"""One walk over what we want, what is there, and what we own of it: built to be fast for an object that is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitessctl.plan.differences import Difference, differences, never, segment_of, unless_filled_in
from vitessctl.plan.managed import Fields
from vitessctl.plan.paths import Path, key_names, keyed, valued
from vitessctl.plan.values import empty

_ABSENT = object()
_IDENTITY = frozenset({"apiVersion", "kind"})
_NAMES = frozenset({"name", "namespace"})


class Ownership:
    """What the walk found."""

    def __init__(self) -> None:
        self.found: list[Difference] = []
        """What has another value than we want, and what we own and do not want any more."""
        self.unowned = False
        """Whether we want something that has the right value and is not ours yet, or own what is gone."""

    def walk(self, desired: Mapping[str, Any], live: Mapping[str, Any], owned: Fields) -> None:
        """Look at a whole object. Nobody owns what names it (apiVersion, kind, name, namespace)."""
        rest = {key: value for key, value in desired.items() if key not in _IDENTITY}
        rest["metadata"] = {key: value for key, value in rest["metadata"].items() if key not in _NAMES}
        if not rest["metadata"]:
            del rest["metadata"]
        self._map(rest, live, owned, ())

    def _map(self, desired: Fields, live: Fields, owned: Fields, path: Path) -> None:
        seen = 1 if "." in owned else 0
        for key, wanted in desired.items():
            segment = "f:" + key
            mine = owned.get(segment)
            if mine is not None:
                seen += 1
                there = live.get(key, _ABSENT)
                if mine or there != wanted:
                    self._value(wanted, there, mine, (*path, segment))
            else:
                self._not_ours(wanted, live.get(key, _ABSENT), (*path, segment))
        if seen != len(owned):
            self._dropped_fields(desired, live, owned, path)

    def _value(self, wanted: Any, there: Any, mine: Fields, path: Path) -> None:
        kind = type(wanted)
        if there is _ABSENT:
            if not empty(wanted):
                self.found.append(Difference(path, None, wanted))
        elif mine and kind is dict and type(there) is dict:
            self._map(wanted, there, mine, path)
        elif mine and kind is list and type(there) is list:
            self._list(wanted, there, mine, path)
        else:
            self.found.extend(differences(there, wanted, path, unless_filled_in))

    def _not_ours(self, wanted: Any, there: Any, path: Path) -> None:
        """It may have the value by a default or by somebody else; then applying makes us an owner too."""
        if there is _ABSENT:
            self.found.append(Difference(path, None, wanted))
            return
        found = list(differences(there, wanted, path, never))
        self.found.extend(found)
        self.unowned = self.unowned or not found

    def _dropped_fields(self, desired: Mapping[str, Any], live: Mapping[str, Any], owned: Fields, path: Path) -> None:
        for segment in owned:
            key = segment[2:]
            if segment != "." and key not in desired:
                self._dropped(live.get(key, _ABSENT), (*path, segment))

    def _dropped(self, there: Any, path: Path) -> None:
        if there is _ABSENT or empty(there):
            self.unowned = True
        else:
            self.found.append(Difference(path, there, None))

    def _list(self, wanted: list[Any], there: list[Any], mine: Fields, path: Path) -> None:
        first = next((segment for segment in mine if segment != "."), "")
        if first.startswith("k:"):
            names = key_names(first)
            self._items(_by_key(wanted, names), _by_key(there, names), mine, path)
        elif first.startswith("v:"):
            self._items(_by_value(wanted), _by_value(there), mine, path)
        else:
            self.found.extend(differences(there, wanted, path, unless_filled_in))

    def _items(self, wanted: Mapping[str, Any], there: Mapping[str, Any], mine: Fields, path: Path) -> None:
        for segment, item in wanted.items():
            owned = mine.get(segment)
            found = there.get(segment, _ABSENT)
            place = (*path, segment)
            if owned is None:
                self._not_ours(item, found, place)
            elif owned and type(item) is dict and type(found) is dict:
                self._map(item, found, owned, place)
            elif found is _ABSENT:
                self.found.append(Difference(place, None, item))
        for segment in mine:
            if segment != "." and segment not in wanted:
                self._dropped(there.get(segment, _ABSENT), (*path, segment))
        if there.keys() >= wanted.keys() and [segment for segment in there if segment in wanted] != list(wanted):
            self.found.append(Difference(path, list(there.values()), list(wanted.values())))


def _by_key(items: list[Any], names: tuple[str, ...]) -> dict[str, Any]:
    if len(names) == 1:
        name = names[0]
        return {keyed(names, (item.get(name),)): item for item in items}
    return {segment_of(item, names): item for item in items}


def _by_value(items: list[Any]) -> dict[str, Any]:
    return {valued(item): item for item in items}
