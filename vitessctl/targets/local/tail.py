"""The last lines of a log, without reading all of it."""

from __future__ import annotations

import os
from pathlib import Path

_BLOCK = 64 * 1024
_MOST = 16 * _BLOCK


def last_lines(path: Path, count: int) -> tuple[str, ...]:
    """The last `count` lines, oldest first, from at most the last megabyte; none if there is no such file."""
    if count <= 0:
        return ()
    try:
        with path.open("rb") as stream:
            end = stream.seek(0, os.SEEK_END)
            data = b""
            start = end
            while start > 0 and data.count(b"\n") <= count and end - start < _MOST:
                length = min(_BLOCK, start)
                start -= length
                stream.seek(start)
                data = stream.read(length) + data
    except OSError:
        return ()
    return tuple(data.decode(errors="replace").splitlines()[-count:])
