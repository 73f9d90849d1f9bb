"""The last lines of a log, without reading all of it."""

from __future__ import annotations

import os
from pathlib import Path

_BLOCK = 64 * 1024
_MOST = 16 * _BLOCK


def size(path: Path) -> int:
    """Bytes of a file; 0 if it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def last_lines(path: Path, count: int, begin: int = 0) -> tuple[str, ...]:
    """The last `count` lines, oldest first, from at most the last megabyte; none if there is no such file.

    Nothing before the byte `begin`, unless the file has become shorter, as a log that was rotated does.
    """
    if count <= 0:
        return ()
    try:
        with path.open("rb") as stream:
            end = stream.seek(0, os.SEEK_END)
            first = begin if begin <= end else 0
            data = b""
            start = end
            while start > first and data.count(b"\n") <= count and end - start < _MOST:
                length = min(_BLOCK, start - first)
                start -= length
                stream.seek(start)
                data = stream.read(length) + data
    except OSError:
        return ()
    return tuple(data.decode(errors="replace").splitlines()[-count:])
