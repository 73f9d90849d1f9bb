"""The applications of a spec, with every default filled in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitessctl.model.applications import Application
from vitessctl.spec.files import file_beside
from vitessctl.spec.spec import Spec
from vitessctl.spec.view import View

_AS_WRITTEN = ("image", "port", "health", "replicas", "service", "annotations", "resources", "pod")


def applications(view: View) -> tuple[Application, ...]:
    """All applications, in the order of the spec."""
    return tuple(_application(name, settings, view) for name, settings in view.applications.items())


def _application(name: str, settings: Mapping[str, Any], view: View) -> Application:
    users = view.spec.data.get("users", ())
    return Application(
        name=name,
        cell=settings.get("cell", next(iter(view.cells))),
        keyspace=settings.get("keyspace", view.keyspaces[0].name),
        user=settings.get("user", users[0]["name"] if users else ""),
        command=tuple(settings.get("command", ())),
        local_command=tuple(settings.get("local", {}).get("command", ())),
        local_directory=_directory(name, settings, view.spec),
        env={variable: _text(value) for variable, value in settings.get("env", {}).items()},
        **{field: settings[field] for field in _AS_WRITTEN if field in settings},
    )


def _directory(name: str, settings: Mapping[str, Any], spec: Spec) -> str:
    """Relative to the file that names it, like every other path; `~` is left to the target."""
    written: str = settings.get("local", {}).get("directory", "")
    if not written or written.startswith("~"):
        return written
    return str(file_beside(spec.place("applications", name, "local", "directory"), written))


def _text(value: str | float | bool) -> str:
    """As YAML writes it: `true`, not Python's `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)
