"""VSchemas: JSON maps that say whether the keyspace is sharded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from vitessctl.errors import Place, SpecError
from vitessctl.spec.files import file_beside
from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.view import KeyspaceView, View


def vschemas_are_maps(view: View) -> Iterator[Finding]:
    """A VSchema's file holds JSON, and in it a map."""
    for keyspace in view.keyspaces:
        path = (*keyspace.path, "vschema")
        if path not in view.spec.texts:
            continue
        file = str(file_beside(view.spec.place(*path), keyspace.settings["vschema"]))
        try:
            parsed = json.loads(view.spec.texts[path])
        except (ValueError, RecursionError) as error:
            place = Place(file, getattr(error, "lineno", 1), getattr(error, "colno", 1))
            why = str(getattr(error, "msg", error))
            yield Finding(path, SpecError(f"the vschema of {keyspace.name} is not JSON", where=place, why=why))
            continue
        if not isinstance(parsed, dict):
            what = f"the vschema of {keyspace.name} is not a map"
            yield Finding(path, SpecError(what, where=Place(file, 1, 1), fix='write {"tables": {...}}'))


def vschemas_fit_the_shards(view: View) -> Iterator[Finding]:
    """With more than one shard, a VSchema must say so, or vtgate does not know where a row belongs."""
    for keyspace in view.keyspaces:
        vschema = _vschema(view, keyspace)
        if len(keyspace.shards) > 1 and isinstance(vschema, dict) and vschema.get("sharded") is not True:
            yield finding(
                view,
                (*keyspace.path, "vschema"),
                f"{keyspace.name} has {len(keyspace.shards)} shards, but its vschema is not sharded",
                why="vtgate would not know in which shard a row belongs",
                fix='write "sharded": true, with a vindex for every table',
            )


def _vschema(view: View, keyspace: KeyspaceView) -> Any:
    """The VSchema, parsed; None if there is none or it is no JSON, which another rule reports."""
    given = keyspace.settings.get("vschema")
    if isinstance(given, dict):
        return given
    try:
        return json.loads(view.spec.texts.get((*keyspace.path, "vschema"), "null"))
    except (ValueError, RecursionError):
        return None
