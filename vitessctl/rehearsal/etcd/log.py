"""The commands that made the store, in one file: what was written once is there after kill -9.

A record is its length, its CRC, and a serialized Entry. A record that the kill cut off is dropped at the next start.
Nothing is ever compacted: a rehearsal's topology sees some thousand small writes.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Sequence
from typing import Final

from vitessctl.rehearsal.etcd.proto import peer_pb2 as peer

FILE: Final = "rehearsal.log"
_HEAD: Final = struct.Struct("<II")


class Log:
    """All entries, in memory and in the file. Entry number n (from 1) is `entries[n - 1]`."""

    def __init__(self, folder: str) -> None:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(folder, FILE)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self.entries: list[peer.Entry] = []
        self._ends: list[int] = []
        self._read()

    @property
    def last_index(self) -> int:
        """The newest entry's number, 0 for an empty log."""
        return len(self.entries)

    @property
    def last_term(self) -> int:
        """The newest entry's term, 0 for an empty log."""
        return self.term_at(self.last_index)

    def term_at(self, index: int) -> int:
        """The term of an entry, 0 before the first."""
        return self.entries[index - 1].term if index else 0

    def after(self, index: int) -> Sequence[peer.Entry]:
        """Every entry behind that one."""
        return self.entries[index:]

    def append(self, entry: peer.Entry) -> None:
        """Add an entry; it is in the file when this returns."""
        body = entry.SerializeToString()
        record = _HEAD.pack(len(body), zlib.crc32(body)) + body
        os.pwrite(self._file, record, self._end())
        self._ends.append(self._end() + len(record))
        self.entries.append(entry)

    def cut(self, index: int) -> None:
        """Forget every entry behind that one."""
        del self.entries[index:], self._ends[index:]
        os.ftruncate(self._file, self._end())

    def size(self) -> int:
        """Bytes of the file."""
        return self._end()

    def _end(self) -> int:
        return self._ends[-1] if self._ends else 0

    def _read(self) -> None:
        content = os.pread(self._file, os.fstat(self._file).st_size, 0)
        position = 0
        while position + _HEAD.size <= len(content):
            length, checksum = _HEAD.unpack_from(content, position)
            body = content[position + _HEAD.size : position + _HEAD.size + length]
            if len(body) < length or zlib.crc32(body) != checksum:
                break
            position += _HEAD.size + length
            self.entries.append(peer.Entry.FromString(body))
            self._ends.append(position)
        os.ftruncate(self._file, position)
