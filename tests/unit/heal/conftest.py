"""Nothing here waits for real time."""

from __future__ import annotations

import pytest

from vitessctl.status import observe


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """A replica that lags in these tests does not catch up by waiting."""
    monkeypatch.setattr(observe, "ON_ITS_WAY_SECONDS", 0.0)
