"""metadata.managedFields: who owns which field, as the API server keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vitessctl.plan.paths import Path

MANAGER = "vitessctl"
"""Our field manager."""

Fields = Mapping[str, Any]
"""fieldsV1: a tree of segments; `{}` is a value that is owned as a whole."""

NOTHING: Fields = {}


def ours(live: Mapping[str, Any], api_version: str) -> Fields:
    """What we applied, of this version of the API; nothing if we never did."""
    for entry in _entries(live):
        if (
            entry.get("manager") == MANAGER
            and entry.get("operation") == "Apply"
            and not entry.get("subresource")
            and entry.get("apiVersion") == api_version
        ):
            fields: Fields = entry.get("fieldsV1") or NOTHING
            return fields
    return NOTHING


def owners(live: Mapping[str, Any], path: Path) -> Iterator[str]:
    """Who else owns a place, each once; a controller that writes status owns nothing that we set."""
    seen = {MANAGER}
    for entry in _entries(live):
        manager = entry.get("manager", "")
        if manager not in seen and entry.get("subresource") != "status" and _holds(entry.get("fieldsV1") or {}, path):
            seen.add(manager)
            yield manager


def _entries(live: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return (live.get("metadata") or {}).get("managedFields") or []


def _holds(fields: Fields, path: Path) -> bool:
    """Whether a tree has the place, or owns something as a whole that it is in."""
    for depth, segment in enumerate(path):
        found = fields.get(segment)
        if found is None:
            return depth > 0 and not fields
        fields = found
    return True
