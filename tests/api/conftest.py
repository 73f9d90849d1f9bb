"""The API server of the test bed, where the bed can run."""

from __future__ import annotations

from contextlib import suppress

with suppress(ImportError):
    from tests.testbed.fixtures import *  # noqa: F403
