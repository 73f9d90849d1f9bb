"""Secret values, as they may be shown: equal ones by the same number, so that a change can be seen (as kapp does)."""

from __future__ import annotations

import json
from typing import Any

from vitessctl.targets.base import FieldChange


class Masking:
    """Numbers secret values in the order in which they are first shown."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def pair(self, change: FieldChange) -> tuple[Any, Any]:
        """Before and after, as they may be shown."""
        if not change.secret:
            return change.before, change.after
        return self._masked(change.before), self._masked(change.after)

    def _masked(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, dict):
            return {key: self._masked(item) for key, item in value.items()}
        text = json.dumps(value, sort_keys=True)
        return f"(hidden #{self._numbers.setdefault(text, len(self._numbers) + 1)})"
