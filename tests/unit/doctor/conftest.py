"""What all tests of the doctor want."""

from __future__ import annotations

import pytest

from vitessctl.status import observe


@pytest.fixture(autouse=True)
def _nothing_is_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observe, "ON_ITS_WAY_SECONDS", 0.0)
