"""The images of the stand-ins: a shared layer with Python, one with vitessctl, and a small one for each image.

Every program is a launcher at its real path. It says which release it belongs to, for mysqlctld is copied out of the
image of Vitess into a container of MySQL's, which is of no release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

from tests.testbed.image_recipes.archive import Image, Layer, layer
from tests.testbed.image_recipes.entries import VITESS, Entry, folder
from tests.testbed.image_recipes.host import tools, users
from tests.testbed.image_recipes.interpreter import PYTHON, SITE, interpreter
from vitessctl import releases
from vitessctl.rehearsal.mysqld.series import VARIABLE as MYSQL_VARIABLE
from vitessctl.rehearsal.servenv.help import ETCD_VARIABLE
from vitessctl.releases.image import tag_of

REPOSITORY: Final = Path(__file__).parents[3]
PACKAGE: Final = REPOSITORY / "vitessctl"
PARTS: Final = ("model", "rehearsal", "releases", "vtctld")
"""What of vitessctl the stand-ins import, besides the modules at its top."""
PATH: Final = "/vt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
VITESS_PROGRAMS: Final = ("mysqlctld", "vtctlclient", "vtctld", "vtctldclient", "vtgate", "vtorc", "vttablet")
NOTE: Final = b"# REHEARSAL: the stand-in for mysqld reads nothing here.\n"
LAUNCHER: Final = """#!{python} -I
# REHEARSAL: a stand-in, not the real {name}.
import os

os.environ.setdefault("VITESSCTL_RELEASE", "{release}")
from vitessctl.rehearsal.launch import leave, main  # noqa: E402

leave(main(["{name}", *os.sys.argv[1:]]))
"""


def images(names: Iterable[str], cache: Path) -> list[Image]:
    """The images of these names; what each holds follows from its name."""
    shared = [layer((*interpreter(), *tools(), *users("vitess")), cache), layer(package(), cache)]
    return [_image(name, shared, cache) for name in names]


def _image(name: str, shared: list[Layer], cache: Path) -> Image:
    repository = name.partition("@")[0].rpartition(":")[0]
    entries, environment = _CONTENTS[repository.rpartition("/")[2]](name)
    return Image(name, [*shared, layer(entries, cache)], {"PATH": PATH, **environment}, str(VITESS))


Content = tuple[list[Entry], Mapping[str, str]]


def _vitess(name: str) -> Content:
    """Up to release 19 it holds MySQL, too."""
    release = release_of(name)
    programs = [launcher(f"/vt/bin/{program}", release) for program in VITESS_PROGRAMS]
    folders = [folder("/vt", VITESS), folder("/vt/vtdataroot", VITESS)]
    configuration = [Entry("/vt/config/init_db.sql", content=NOTE.replace(b"#", b"--"))]
    configuration += [Entry(path, content=NOTE) for path in releases.get(release).extra_my_cnf]
    mysql = [] if "mysqld" in releases.get(release).default_images else _mysql_programs(release)
    settings = {"VTROOT": "/vt", "VTDATAROOT": "/vt/vtdataroot", "VITESSCTL_RELEASE": release}
    return [*folders, *programs, *configuration, *mysql], settings


def _mysql(name: str) -> Content:
    return _mysql_programs(releases.names()[-1]), {MYSQL_VARIABLE: tag_of(name)}


def _mysql_programs(release: str) -> list[Entry]:
    return [launcher("/usr/bin/mysql", release), launcher("/usr/sbin/mysqld", release)]


def _etcd(name: str) -> Content:
    release = releases.names()[-1]
    return [launcher(f"/usr/local/bin/{program}", release) for program in ("etcd", "etcdctl")], {
        ETCD_VARIABLE: tag_of(name).removeprefix("v")
    }


_CONTENTS: Final = {"lite": _vitess, "mysql": _mysql, "etcd": _etcd}
"""By the last part of an image's name."""


def release_of(name: str) -> str:
    """The release of an image of Vitess, which its tag tells. ValueError if it does not."""
    release = releases.of_image(name)
    if release is None:
        raise ValueError(f"the tag of {name} names no release")
    return releases.get(release).name


def launcher(path: str, release: str) -> Entry:
    """A program that runs the stand-in of its name."""
    text = LAUNCHER.format(python=PYTHON, name=path.rpartition("/")[2], release=release)
    return Entry(path, content=text.encode(), mode=0o755)


def package() -> Iterator[Entry]:
    """vitessctl as far as the stand-ins need it, compiled: an image is read-only, and containers come in crowds."""
    for source in sorted(PACKAGE.rglob("*")):
        inside = source.relative_to(PACKAGE)
        top = len(inside.parts) == 1 or inside.parts[0] in PARTS
        if top and source.is_file() and "__pycache__" not in inside.parts:
            yield Entry(f"{SITE}/vitessctl/{inside}", content=source.read_bytes())
            if source.suffix == ".py":
                yield Entry(cache_from_source(f"{SITE}/vitessctl/{inside}"), source=source, compiles=True)
