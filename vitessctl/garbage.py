"""Python's search for reference cycles, kept away while much is made at once that has none."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_guard = threading.Lock()
_depth = 0
_was_on = True


@contextmanager
def left_alone(*, keep: bool = False) -> Iterator[None]:
    """No collection by any thread while inside; may be nested, and entered by several threads.

    The search looks at every object that lives, again and again while their number grows: a thousand StatefulSets as
    JSON (13 MB) are read in 0.14 s without it, and in 0.55 s with it. `keep`: what was made meanwhile lives as long as
    the process, so that later searches do not look at it either.
    """
    global _depth, _was_on
    with _guard:
        if _depth == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _depth += 1
    try:
        yield
    finally:
        with _guard:
            _depth -= 1
            if keep:
                gc.freeze()
            if _depth == 0 and _was_on:
                gc.enable()
