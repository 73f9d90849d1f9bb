"""The status as one page for a browser. Pure."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from vitessctl.status.report import Status


def page(status: Status | None, trouble: str, seconds: float) -> str:
    """HTML that asks for itself again after `seconds`. `trouble`: why the last look failed, "" if it did not."""
    return str(_template().render(status=status, trouble=trouble, seconds=max(1, round(seconds))))


@cache
def _template() -> Any:
    from jinja2 import Environment

    text = resources.files("vitessctl.report").joinpath("page.html.j2").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(text)
