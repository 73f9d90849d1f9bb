"""What is known of releases, for programs: the same as vitessctl.report.releases says, as JSON objects."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vitessctl import releases
from vitessctl.releases import Release, about, defaults
from vitessctl.releases.compare import Changed, FlagChanges


def table_data(names: Iterable[str]) -> dict[str, Any]:
    """Every release with all its facts."""
    return {"type": "releases", "releases": [_facts(releases.get(name)) for name in names]}


def release_data(release: Release, component: str = "") -> dict[str, Any]:
    """One release; `component`: with all flags of that one."""
    found: dict[str, Any] = {"type": "release", **_facts(release), "notes": list(about.notes(release.name))}
    if component:
        found |= {
            "component": component,
            "flags": [_flag(release, component, flag) for flag in release.flags(component)],
        }
    return found


def difference_data(path: Sequence[Release], changes: Mapping[str, FlagChanges]) -> dict[str, Any]:
    """What an upgrade along `path` changes."""
    before, after = _facts(path[0]), _facts(path[-1])
    return {
        "type": "release_difference",
        "from": path[0].name,
        "to": path[-1].name,
        "path": [release.name for release in path],
        "facts": [
            {"fact": fact, "before": before[fact], "after": after[fact]}
            for fact in before
            if before[fact] != after[fact] and fact not in ("release", *about.Tags._fields)
        ],
        "notes": [{"release": each.name, "note": note} for each in path[1:] for note in about.notes(each.name)],
        "components": {component: _changes(change) for component, change in changes.items()},
    }


def _facts(release: Release) -> dict[str, Any]:
    """The fields of a release, its probes as pairs."""
    hidden = ("name", "order", "probes", "_knowledge")
    known = {
        field.name: getattr(release, field.name) for field in dataclasses.fields(release) if field.name not in hidden
    }
    probes = {component: dataclasses.asdict(probe) for component, probe in release.probes.items()}
    return {"release": release.name, **about.tags(release.name)._asdict(), **known, "probes": probes}


def _flag(release: Release, component: str, flag: str) -> dict[str, Any]:
    known = defaults.of_flag(component, release.name, flag)
    return {"flag": flag, "kind": known and known.kind, "default": known and known.text}


def _changes(change: FlagChanges) -> dict[str, Any]:
    return {
        "added": list(change.added),
        "removed": [each._asdict() for each in change.removed],
        "respelled": [each._asdict() for each in change.respelled],
        "defaults": [_changed(each) for each in change.defaults],
        "forms": [_changed(each) for each in change.forms],
        "unknown_defaults": change.unknown,
    }


def _changed(change: Changed) -> dict[str, Any]:
    ends = {"before": change.before._asdict(), "after": change.after._asdict()}
    return {"flag": change.flag, **ends, "since": change.since}
