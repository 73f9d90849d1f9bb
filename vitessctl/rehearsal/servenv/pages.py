"""Pages that every server has: /debug/vars, /debug/status, /debug/liveness, /metrics."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from vitessctl.rehearsal.servenv.web import Page, Web

if TYPE_CHECKING:
    from vitessctl.releases import Release

Value = Callable[[], Any]


class Vars:
    """What /debug/vars and /metrics show: values, or functions that give them."""

    def __init__(self, program: str, version: str, command_line: list[str]) -> None:
        started = time.monotonic()
        self.program = program
        self.values: dict[str, Any] = {
            "BuildVersion": version,
            "Rehearsal": 1,
            "cmdline": command_line,
            "Uptime": lambda: int((time.monotonic() - started) * 1e9),
            "TopologyConnErrors": {},
        }

    def __setitem__(self, name: str, value: Any) -> None:
        self.values[name] = value

    def current(self) -> dict[str, Any]:
        """All values now."""
        return {name: value() if callable(value) else value for name, value in sorted(self.values.items())}

    def json_page(self) -> Page:
        """/debug/vars"""
        return Page(json.dumps(self.current(), indent=1) + "\n", content_type="application/json; charset=utf-8")

    def metrics_page(self) -> Page:
        """/metrics, in Prometheus' text form; only numbers."""
        lines = [line for name, value in self.current().items() for line in self._metric(name, value)]
        return Page("".join(line + "\n" for line in lines))

    def _metric(self, name: str, value: Any) -> list[str]:
        metric = f"{self.program}_{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', name).lower()}"
        if isinstance(value, dict):
            return [f'{metric}{{name="{key}"}} {number}' for key, number in value.items() if _is_number(number)]
        return [f"{metric} {value}"] if _is_number(value) else []


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


LIVENESS: Final = "4.."
METRICS: Final = "2.2.."
BUILD_VERSION: Final = "19.."
"""Since when a server has /debug/liveness, /metrics, and its version in /debug/vars."""


def register(web: Web, variables: Vars, title: Callable[[], str], release: Release | None = None) -> None:
    """Put the common pages of a release (None: the newest) on a web server; `title` is the status page's first line."""
    pages: dict[str, tuple[str, Callable[[], Page]]] = {
        "/debug/vars": ("..", variables.json_page),
        "/metrics": (METRICS, variables.metrics_page),
        "/debug/liveness": (LIVENESS, lambda: Page("")),
        "/debug/status": ("..", lambda: status_page(variables.program, title())),
    }
    web.pages.update({path: page for path, (since, page) in pages.items() if release is None or release.within(since)})
    if release is not None and not release.within(BUILD_VERSION):
        variables.values.pop("BuildVersion", None)


def status_page(program: str, text: str) -> Page:
    """A page that says at once that no Vitess is running here."""
    body = (
        f"<!DOCTYPE html><title>{program} (REHEARSAL)</title><h1>REHEARSAL: a stand-in for {program}</h1>"
        f"<p>No Vitess is running here. {text.replace('&', '&amp;').replace('<', '&lt;')}</p>"
        '<p><a href="/debug/vars">vars</a> <a href="/metrics">metrics</a></p>\n'
    )
    return Page(body, content_type="text/html; charset=utf-8")


def redirect(target: str) -> Page:
    """A 302, as vtgate's and vtorc's /healthz give."""
    return Page(f'<a href="{target}">Found</a>.\n\n', 302, "text/html; charset=utf-8", target)
