"""What all stand-ins need that run in the process of the tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import signals


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """Servers take SIGTERM and SIGINT over; the test run wants them back."""
    with signals.given_back():
        yield
