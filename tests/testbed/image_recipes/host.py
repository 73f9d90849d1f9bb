"""Programs of this machine and the shared libraries that they need, so that an image of them works.

They keep the places where the dynamic linker of this machine looks for them; a library that it finds elsewhere
only because a path is written into the program lies beside the C library.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.testbed.image_recipes.entries import VITESS, Entry, folder

TOOLS: Final = (
    "sh", "bash", "[", "cat", "cp", "date", "df", "echo", "env", "head", "id", "ls", "mkdir", "mv", "rm", "sleep",
    "sort", "tail", "test", "timeout", "touch", "true", "wc",
)  # fmt: skip
"""What pods and tests call besides the servers."""
NAME_SERVICE: Final = ("libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2")
"""Loaded by name only when a host is looked up, so that no program names them."""
_SYSTEM: Final = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")
_FOUND: Final = re.compile(r"^\s*(?:\S+ => )?(/\S+) \(0x", re.MULTILINE)


def tools(bin_folder: str = "/bin") -> Iterator[Entry]:
    """A shell and the small programs, with their libraries."""
    found = {name: shutil.which(name) for name in TOOLS}
    programs = {name: Path(path).resolve() for name, path in found.items() if path}
    for name, path in programs.items():
        yield Entry(f"{bin_folder}/{name}", source=path, mode=0o755)
    yield from libraries(programs.values())


def libraries(binaries: Iterable[Path]) -> Iterator[Entry]:
    """The shared libraries of programs and of libraries, and the dynamic linker."""
    found = _resolve(sorted({str(path) for path in binaries}))
    beside = next((Path(path).parent for path in found if Path(path).name.startswith("libc.so")), Path("/lib"))
    for path in found:
        place = path if path.startswith(_SYSTEM) else str(beside / Path(path).name)
        yield Entry(place, source=Path(path).resolve(), mode=0o755)
    for name in NAME_SERVICE:
        if (beside / name).exists():
            yield Entry(str(beside / name), source=(beside / name).resolve(), mode=0o755)


def _resolve(binaries: Sequence[str]) -> list[str]:
    """What ldd finds; it fails for a program that needs none, which is no error here."""
    output = subprocess.run(["ldd", *binaries], capture_output=True, text=True, check=False).stdout
    return sorted(set(_FOUND.findall(output)))


def users(name: str) -> Iterator[Entry]:
    """Root, the user that pods run as, and how hosts are looked up."""
    yield Entry(
        "/etc/passwd", content=f"root:x:0:0::/root:/bin/sh\n{name}:x:{VITESS}:{VITESS}::/tmp:/bin/sh\n".encode()
    )
    yield Entry("/etc/group", content=f"root:x:0:\n{name}:x:{VITESS}:\n".encode())
    yield Entry("/etc/nsswitch.conf", content=b"passwd: files\ngroup: files\nhosts: files dns\n")
    yield folder("/tmp", mode=0o1777)
