"""The same image names from real servers: VITESS_BIN names Vitess's folder, MYSQL_ROOT that of MySQL and etcd.

MYSQL_ROOT is a tree of unpacked packages whose programs look for their libraries, and for the dynamic linker, at the
tree's own place on this machine: so the tree lies at the same place in the image, with links to it from where
Vitess and the pods look.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.testbed.image_recipes.archive import Image, layer
from tests.testbed.image_recipes.entries import VITESS, Entry, file, folder, tree
from tests.testbed.image_recipes.host import libraries, tools, users
from tests.testbed.image_recipes.standins import PATH, VITESS_PROGRAMS

TOOLS: Final = ("mysql", "mysqladmin", "mysqlbinlog", "mysqldump", "my_print_defaults")
"""What Vitess and people call beside mysqld. Without mysqladmin mysqlctld cannot stop mysqld: it leaves it to SIGKILL.
Not mysqld_safe: mysqlctld prefers it, and it hides the death of mysqld from mysqlctld."""
UNUSED: Final = ("doc", "man", "gdb", "lintian", "gcc", "mysqld_safe")


class NoBinaries(Exception):
    """VITESS_BIN or MYSQL_ROOT is not set, or does not hold what it should."""


def images(names: Iterable[str], cache: Path, environ: Mapping[str, str] = os.environ) -> list[Image]:
    """The images of these names. NoBinaries, with the variable's name, where the real servers are not at hand."""
    vitess, mysql = _named(environ, "VITESS_BIN", "vttablet"), _named(environ, "MYSQL_ROOT", "usr/sbin/mysqld")
    shared = layer((*tools(), *users("vitess")), cache)
    contents = {"lite": lambda: _vitess(vitess), "mysql": lambda: _mysql(mysql), "etcd": lambda: _etcd(mysql)}
    settings = {"lite": {"VTROOT": "/vt", "VTDATAROOT": "/vt/vtdataroot"}}
    made = []
    for name in names:
        kind = name.rpartition(":")[0].rpartition("/")[2]
        environment = {"PATH": PATH, **settings.get(kind, {})}
        made.append(Image(name, [shared, layer(contents[kind](), cache)], environment, str(VITESS)))
    return made


def _named(environ: Mapping[str, str], variable: str, proof: str) -> Path:
    found = Path(environ.get(variable, ""))
    if not environ.get(variable) or not (found / proof).is_file():
        raise NoBinaries(f"{variable} names no folder that holds {proof}")
    return found.resolve()


def _vitess(binaries: Path) -> Iterator[Entry]:
    yield from (folder("/vt", VITESS), folder("/vt/vtdataroot", VITESS))
    present = [binaries / name for name in VITESS_PROGRAMS if (binaries / name).is_file()]
    for program in present:
        yield file(f"/vt/bin/{program.name}", program)
    yield from libraries(present)


def _mysql(root: Path) -> Iterator[Entry]:
    for part in ("lib", "sbin", "share"):
        yield from tree(str(root / "usr" / part), root / "usr" / part, UNUSED)
    tools = [f"bin/{name}" for name in TOOLS if (root / "usr/bin" / name).is_file()]
    for part in tools:
        yield file(str(root / "usr" / part), root / "usr" / part)
    for part in (*tools, "sbin/mysqld", "share/mysql", "lib/mysql"):
        yield Entry(f"/usr/{part}", link=str(root / "usr" / part))


def _etcd(root: Path) -> Iterator[Entry]:
    for name in ("etcd", "etcdctl"):
        yield Entry(f"/usr/local/bin/{name}", source=root / "usr/bin" / name, mode=0o755)
    linked = root / "usr/lib"
    for name in ("libc.so.6", "ld-linux-x86-64.so.2"):
        for found in sorted(linked.rglob(name)):
            yield Entry(str(found), source=found.resolve(), mode=0o755)
