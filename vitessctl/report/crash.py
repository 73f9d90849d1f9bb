"""The report file of an internal error: what a developer needs, and nothing that `-e` brought in."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from collections.abc import Iterable
from pathlib import Path

from vitessctl import __version__
from vitessctl.report.hidden import harmless, shown_command


def write_report(error: BaseException) -> Path:
    """Write traceback and versions to a file only its owner can read; gives its path."""
    lines = [
        f"vitessctl {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"command: vitessctl {' '.join(shown_command(sys.argv[1:]))}",
        "",
        *_traceback(error),
    ]
    with tempfile.NamedTemporaryFile(
        "w", prefix="vitessctl-report-", suffix=".txt", delete=False, encoding="utf-8", errors="replace"
    ) as file:
        file.write("\n".join(lines) + "\n")
    return Path(file.name)


def _traceback(error: BaseException) -> Iterable[str]:
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    for line in text.splitlines():
        yield line if line.startswith('  File "') else harmless(line)
