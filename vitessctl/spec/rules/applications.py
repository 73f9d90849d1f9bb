"""Applications: what they name is there, and they can be started where they are to run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vitessctl.model.ports import DEFAULT_BASE_PORT, application_port
from vitessctl.spec.node import Path
from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.view import View
from vitessctl.spec.words import did_you_mean, listed

PASSWORD_FILE = "VTGATE_PASSWORD_FILE"
OWN_VARIABLES = frozenset(
    {
        "HOST",
        "PORT",
        "VTGATE_HOST",
        "VTGATE_PORT",
        "VTGATE_USER",
        PASSWORD_FILE,
        "VTGATE_KEYSPACE",
        "VTGATE_PRIMARY",
        "VTGATE_REPLICA",
    }
)
"""What vitessctl tells every application."""


def they_name_what_is_there(view: View) -> Iterator[Finding]:
    """The cell, the keyspace and the user are those of the cluster."""
    users = [user["name"] for user in view.spec.data.get("users", ())]
    known = {"cell": list(view.cells), "keyspace": [keyspace.name for keyspace in view.keyspaces], "user": users}
    for name, settings in view.applications.items():
        for field, names in known.items():
            told = settings.get(field)
            if told is None or told in names or (field == "user" and view.spec.has("users_secret")):
                continue
            fix = did_you_mean(told, names) or (
                f"known are {listed(names, 'and')}" if names else f"add it under {field}s:"
            )
            yield finding(view, ("applications", name, field), f"there is no {field} {told}", fix=fix)


def variables_are_not_ours(view: View) -> Iterator[Finding]:
    """What vitessctl sets is not set by others: the program would be told two things."""
    for name, settings in view.applications.items():
        path: Path = ("applications", name)
        for variable in settings.get("env", ()):
            if variable in OWN_VARIABLES:
                yield _ours(view, (*path, "env", variable), variable, at_key=True)
        for index, entry in enumerate(settings.get("pod", {}).get("env", ())):
            if entry["name"] in OWN_VARIABLES:
                yield _ours(view, (*path, "pod", "env", index, "name"), entry["name"], at_key=False)


def password_files_stand_alone(view: View) -> Iterator[Finding]:
    """On one machine the file's path is filled in by the supervisor, which takes whole words only."""
    reference = f"$({PASSWORD_FILE})"
    for name, settings in view.applications.items():
        texts: dict[Path, object] = {("env", variable): value for variable, value in settings.get("env", {}).items()}
        texts |= {("command", index): word for index, word in enumerate(settings.get("command", ()))}
        local = settings.get("local", {}).get("command", ())
        texts |= {("local", "command", index): word for index, word in enumerate(local)}
        for path, text in texts.items():
            if reference in str(text) and text != reference:
                fix = f"let the program read {PASSWORD_FILE} itself"
                yield finding(view, ("applications", name, *path), f"{reference} has to stand alone", fix=fix)


def _ours(view: View, path: Path, variable: str, *, at_key: bool) -> Finding:
    others = listed(sorted(OWN_VARIABLES - {variable}), "and")
    why = f"vitessctl tells the program by it where it listens or where vtgate is; so are {others}"
    fix = f"use another name, if need be with the value $({variable})"
    return finding(view, path, f"{variable} is a variable of our own", why, fix, at_key=at_key)


def they_have_an_image(view: View) -> Iterator[Finding]:
    """Kubernetes runs images."""
    yield from _lacking(view, "image", "Kubernetes runs it from an image", "add image: the one that you have built")


def they_have_a_command(view: View) -> Iterator[Finding]:
    """On one machine a program is started, not an image."""
    why = "on one machine a program is started, not an image"
    yield from _lacking(view, "local", why, "add local: {command: [python, -m, your_program]}")


def _lacking(view: View, field: str, why: str, fix: str) -> Iterator[Finding]:
    for name, settings in view.applications.items():
        if field not in settings:
            what = f"the application {name} has no {field}"
            yield finding(view, ("applications", name), what, why, fix, at_key=True)


def they_have_own_ports(view: View) -> Iterator[Finding]:
    """On one machine an application's port follows from its name; two names can have the same."""
    base = view.spec.get("local", "base_port", default=DEFAULT_BASE_PORT)
    ports: dict[int, str] = {}
    for name in view.applications:
        port = application_port(base, name)
        other = ports.setdefault(port, name)
        if other != name:
            what = f"applications {other} and {name} get the same port on one machine"
            why = f"both would listen on {port}; ports follow from the names, and these two meet"
            yield finding(view, ("applications", name), what, why, "rename one of them", at_key=True)


def requests_are_within_limits(view: View) -> Iterator[Finding]:
    """Kubernetes refuses a container that asks for more than it may have."""
    from vitessctl.model.quantities import quantity

    for name, settings in view.applications.items():
        wanted: Mapping[str, Any] = settings.get("resources", {})
        for what, request in wanted.get("requests", {}).items():
            limit = wanted.get("limits", {}).get(what)
            if limit is not None and quantity(request) > quantity(limit):
                yield finding(
                    view,
                    ("applications", name, "resources", "requests", what),
                    f"{name} asks for {request} of {what}, but its limit is {limit}",
                    why="Kubernetes refuses a container that asks for more than it may have",
                    fix="raise the limit, or lower the request",
                )
