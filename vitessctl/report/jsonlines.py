"""Events as JSON, one object a line. Fields are only ever added within a major version of `ui`."""

from __future__ import annotations

import dataclasses
import json
import re
from enum import Enum
from typing import Any, TextIO

from vitessctl.report.hidden import HIDDEN
from vitessctl.run.events import Event

UI_VERSION = "1.0"


class JsonLines:
    """A listener that writes each event as it comes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._write({"type": "version", "ui": UI_VERSION})

    def __call__(self, event: Event) -> None:
        """Write one event."""
        self._write(event_data(event))

    def _write(self, data: dict[str, Any]) -> None:
        self._stream.write(json.dumps(data, ensure_ascii=False) + "\n")
        self._stream.flush()


def event_data(event: Event) -> dict[str, Any]:
    """An event as a JSON object: `type` is its class in snake case, then its fields."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()
    return {"type": name, **_plain(dataclasses.asdict(event))}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        shown = {**value, "before": HIDDEN, "after": HIDDEN} if value.get("secret") is True else value
        return {key: _plain(item) for key, item in shown.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return round(value, 3)
    return value
