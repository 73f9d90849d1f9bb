"""Folders whose paths leave room for a unix socket's."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def short_folder() -> Iterator[Path]:
    """A new folder with a short path; pytest's own may be too long for what a state folder holds (107 bytes)."""
    path = Path(tempfile.mkdtemp(prefix="vt", dir="/tmp"))
    try:
        yield path
    finally:
        shutil.rmtree(path)
