"""Memory and CPU with which a component can live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vitessctl.model.quantities import quantity
from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.view import View

MYSQL_MINIMUM = "512Mi"
"""Seen with Vitess 24 and MySQL 9.7: 536 to 568 MB with Vitess's own settings, 221 to 246 MB with lean ones."""
MYSQL_KEYS = ("mysqld", "mysqlctld")


def _given(view: View) -> Mapping[str, Mapping[str, Any]]:
    """Components for which requests or limits are written out."""
    resources = view.spec.data.get("resources", {})
    if not isinstance(resources, dict):
        return {}
    return {component: wanted for component, wanted in resources.items() if isinstance(wanted, dict)}


def requests_are_within_limits(view: View) -> Iterator[Finding]:
    """Kubernetes refuses a container that asks for more than it may have."""
    for component, wanted in _given(view).items():
        limits = wanted.get("limits", {})
        for name, request in wanted.get("requests", {}).items():
            if name in limits and quantity(request) > quantity(limits[name]):
                yield finding(
                    view,
                    ("resources", component, "requests", name),
                    f"{component} asks for {request} of {name}, but its limit is {limits[name]}",
                    why="Kubernetes refuses a container that asks for more than it may have",
                    fix="raise the limit, or lower the request",
                )


def mysql_has_room(view: View) -> Iterator[Finding]:
    """Under a smaller limit MySQL is killed while it starts, and nothing says why."""
    for component in MYSQL_KEYS:
        limit = _given(view).get(component, {}).get("limits", {}).get("memory")
        if limit is not None and quantity(limit) < quantity(MYSQL_MINIMUM):
            yield finding(
                view,
                ("resources", component, "limits", "memory"),
                f"a memory limit of {limit} is too little for MySQL",
                why="with Vitess's settings MySQL takes about 540 MB before it holds a row, buffer pool included: "
                f"below {MYSQL_MINIMUM} it is killed while it starts",
                fix=f"write at least {MYSQL_MINIMUM}, better 1Gi",
            )
    yield from _one_name(view)


def _one_name(view: View) -> Iterator[Finding]:
    """mysqld and mysqlctld run in one container."""
    resources = view.spec.data.get("resources", {})
    if isinstance(resources, dict) and all(key in resources for key in MYSQL_KEYS):
        yield finding(
            view,
            ("resources", "mysqlctld"),
            "resources for mysqld and for mysqlctld are both given",
            why="both run in one container",
            fix="remove one of them",
            at_key=True,
        )
