"""Keeps the cache of images small. Every change of the stand-ins makes a layer and an archive of 150 MB anew."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

ARCHIVES: Final = 6
LAYERS: Final = 30
"""So many stay, of those that were used last."""
IN_USE: Final = 3600.0
"""Seconds after which nobody reads any more what he asked for."""


def used(path: Path) -> bool:
    """Note that a file of the cache is used now; False if it is not there."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def tidy(folder: Path, suffix: str, kept: int) -> None:
    """Remove what was used longest ago, with the files of the same stem; what was used just now stays in any case."""
    files = sorted(((_when(path), path) for path in folder.glob(f"*{suffix}")), reverse=True)
    for when, path in files[kept:]:
        if time.time() - when > IN_USE:
            for each in folder.glob(f"{path.stem}.*"):
                each.unlink(missing_ok=True)


def _when(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # somebody else tidies too
        return 0.0
