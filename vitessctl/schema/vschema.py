"""Two VSchemas beside each other. Routing decides where a row is found, so taking routes away is held back."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

VSchema = Mapping[str, Any]

_BY_NAME = ("tables", "vindexes", "params")
"""Fields whose keys are names that somebody chose, not fields."""
_ROUTING = ("columnVindexes", "type", "pinned", "source")
"""What of a table decides where its rows are."""


@dataclass(frozen=True)
class VSchemaDrift:
    """How the declared VSchema differs from the one in the topology."""

    wanted: VSchema
    found: VSchema
    safe: VSchema
    """What is there, with all that can be changed without any row becoming unreachable."""
    held: tuple[str, ...]
    """What is not in it, and why."""

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return self.wanted == self.found

    @property
    def changes_safely(self) -> bool:
        """Whether anything can be done without being allowed by name."""
        return self.safe != self.found

    def lines(self) -> tuple[str, ...]:
        """The difference, as `diff -u` shows it."""
        before, after = (json.dumps(each, indent=2, sort_keys=True).splitlines() for each in (self.found, self.wanted))
        return tuple(difflib.unified_diff(before, after, "topology", "spec", lineterm=""))


def vschema_drift(wanted: object, found: object) -> VSchemaDrift:
    """Both as they were read from JSON. A field left out and its empty value are one thing (protobuf)."""
    plain_wanted, plain_found = without_empty(wanted), without_empty(found)
    assert isinstance(plain_wanted, dict)
    assert isinstance(plain_found, dict)
    held: list[str] = []
    safe = without_empty({**plain_wanted, **_kept(plain_wanted, plain_found, held)})
    assert isinstance(safe, dict)
    return VSchemaDrift(plain_wanted, plain_found, safe, tuple(held))


def _kept(wanted: VSchema, found: VSchema, held: list[str]) -> dict[str, Any]:
    """The fields that are not simply those of the spec."""
    kept: dict[str, Any] = {}
    if found and bool(wanted.get("sharded")) != bool(found.get("sharded")) and found.get("tables"):
        kept["sharded"] = found.get("sharded", False)
        held.append("sharded would change: each row is then looked for in another shard")
    for field, why in (("tables", _why_table), ("vindexes", _why_vindex)):
        merged = dict(wanted.get(field, {}))
        for name, before in found.get(field, {}).items():
            if reason := why(name, before, merged.get(name)):
                held.append(reason)
                merged[name] = before
        kept[field] = merged
    return kept


def _why_table(name: str, before: VSchema, after: VSchema | None) -> str:
    if after is None:
        return f"table {name} would leave the VSchema: vtgate would not route to it any more"
    changed = [field for field in _ROUTING if before.get(field) != after.get(field)]
    if changed and before.get("columnVindexes"):
        return f"table {name} would be routed by other vindexes: its rows are where the old ones put them"
    return ""


def _why_vindex(name: str, before: VSchema, after: VSchema | None) -> str:
    if after is None:
        return f"vindex {name} would go"
    if before != after:
        return f"vindex {name} would compute otherwise: rows are where the old one put them"
    return ""


def without_empty(value: object) -> object:
    """The canonical form: field names as protobuf's JSON spells them, and nothing that is empty."""
    if isinstance(value, dict):
        return dict(_fields(value))
    if isinstance(value, list):
        return [without_empty(item) for item in value]
    return value


def _fields(value: Mapping[Any, object]) -> Iterator[tuple[str, object]]:
    for key, item in value.items():
        name = _camel(str(key))
        plain = _field(name, item)
        if plain not in ("", False, 0, [], {}, None):
            yield name, plain


def _field(name: str, value: object) -> object:
    """A map by name keeps its names as they are, and those too whose value is empty: a table is there or is not."""
    if name in _BY_NAME and isinstance(value, dict):
        return {key: without_empty(item) for key, item in value.items()}
    return without_empty(value)


def _camel(key: str) -> str:
    head, *rest = key.split("_")
    return head + "".join(part.capitalize() for part in rest)
