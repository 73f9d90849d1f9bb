"""The report file of an internal error: what a developer needs, and no secret."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from pathlib import Path

from vitessctl import __version__


def write_report(error: BaseException) -> Path:
    """Write traceback and versions to a file only its owner can read; gives its path."""
    lines = [
        f"vitessctl {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"command: {' '.join(_harmless(word) for word in sys.argv[1:])}",
        "",
        *traceback.format_exception(type(error), error, error.__traceback__),
    ]
    with tempfile.NamedTemporaryFile(
        "w", prefix="vitessctl-report-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write("\n".join(lines))
    return Path(file.name)


def _harmless(word: str) -> str:
    """A word of the command line, without what may be a password in `-e key=value`."""
    key, separator, _ = word.partition("=")
    return f"{key}=…" if separator and not word.startswith("-i") else word
