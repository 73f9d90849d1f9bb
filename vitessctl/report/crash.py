"""The report file of an internal error: what a developer needs, and nothing that `-e` brought in."""

from __future__ import annotations

import platform
import re
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from vitessctl import __version__

HIDDEN = "…"
_OPTION = re.compile(r"(?P<option>-[vy]*e|--extra-vars)(?:=?(?P<value>.+))?", re.DOTALL)
_ASSIGNMENT = re.compile(r"(?P<key>[\w.-]+)=(?P<value>.*)", re.DOTALL)
_SCALAR = re.compile(r"""[^\s{}\[\],"':]+""")


def write_report(error: BaseException) -> Path:
    """Write traceback and versions to a file only its owner can read; gives its path."""
    lines = [
        f"vitessctl {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"command: vitessctl {' '.join(_command(sys.argv[1:]))}",
        "",
        *_traceback(error),
    ]
    with tempfile.NamedTemporaryFile(
        "w", prefix="vitessctl-report-", suffix=".txt", delete=False, encoding="utf-8", errors="replace"
    ) as file:
        file.write("\n".join(lines) + "\n")
    return Path(file.name)


def harmless(text: str) -> str:
    """A text without any value that `-e` gave on the command line, as it may be a password."""
    for secret in sorted(_secrets(sys.argv[1:]), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", HIDDEN, text)
    return text


def _traceback(error: BaseException) -> Iterable[str]:
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    for line in text.splitlines():
        yield line if line.startswith('  File "') else harmless(line)


def _command(words: Sequence[str]) -> Iterator[str]:
    """The command line, with the names of what `-e` sets but not its values."""
    for word, given in _given(words):
        if given is None:
            yield word
        elif given.startswith("@"):
            yield f"-e {given}"
        else:
            assignment = _ASSIGNMENT.fullmatch(given)
            yield f"-e {assignment['key']}={HIDDEN}" if assignment else f"-e {HIDDEN}"


def _secrets(words: Sequence[str]) -> Iterator[str]:
    """Every value that `-e` gave: that of key=value, and each word of a map."""
    for _, given in _given(words):
        if given is None or given.startswith("@"):
            continue
        assignment = _ASSIGNMENT.fullmatch(given)
        text = assignment["value"] if assignment else given
        if text.strip():
            yield text.strip()
        yield from _SCALAR.findall(text)


def _given(words: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Each word with None; `-e` with what it gives, whether that is a word of its own or not."""
    left = iter(words)
    for word in left:
        option = _OPTION.fullmatch(word)
        yield word, None if option is None else option["value"] or next(left, "")
