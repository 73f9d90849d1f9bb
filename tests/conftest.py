"""For all tests."""

from __future__ import annotations

import gc

# What tests make in great numbers is searched for cycles rarely: by default that is a tenth of the time of the pure
# tests, and a quarter of those that kill a run after each write to an API server in memory.
gc.set_threshold(100_000, 20, 50)
