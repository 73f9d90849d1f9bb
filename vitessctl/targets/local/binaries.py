"""Which programs are run: the real ones that this machine has, or the stand-ins of a rehearsal."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vitessctl.model.cluster import Local
from vitessctl.targets.local.faults import LocalError

VITESS = ("vtctld", "mysqlctld", "vttablet", "vtorc", "vtgate")
PROGRAMS = ("etcd", *VITESS)
MYSQLD = "mysqld"
MYSQL_FOLDERS = ("sbin", "bin", "libexec", "scripts")
"""Where below VT_MYSQL_ROOT Vitess looks for mysqld, in its order (go/vt/mysqlctl, binaryPath)."""
_SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin")
"""Also searched for mysqld: Debian has it in /usr/sbin, which is not in everybody's PATH."""

_HOW = {
    "etcd": "etcd: the package etcd-server (Debian, Ubuntu), or a release of github.com/etcd-io/etcd, in PATH",
    MYSQLD: "mysqld: the package mysql-server-core (or mysql-server-core-8.0), or any MySQL with VT_MYSQL_ROOT set to"
    " the folder that has its bin or sbin",
}
_HOW_VITESS = (
    "Vitess: unpack the release tarball of github.com/vitessio/vitess/releases and set VTROOT to its folder, or"
    " `local: {vitess: FOLDER}` in the spec"
)
_OTHER_WAY = "none of them: `vitessctl up --rehearse` brings up stand-ins"


class MissingBinaries(LocalError):
    """Programs that are not on this machine."""

    def __init__(self, missing: Collection[str], searched: Iterable[str]) -> None:
        names = [name for name in (*PROGRAMS, MYSQLD) if name in missing]
        how = [_HOW_VITESS] if set(names) & set(VITESS) else []
        how += [_HOW[name] for name in names if name in _HOW]
        super().__init__(
            f"not found on this machine: {', '.join(names)}",
            why=f"looked in {', '.join(searched)}",
            fix="\n    ".join(["get them, or do without:", *how, _OTHER_WAY]),
        )
        self.missing = tuple(names)


@dataclass(frozen=True)
class Binaries:
    """Programs by name, and what of them is missing."""

    programs: Mapping[str, Path]
    mysql_root: Path | None = None
    """What VT_MYSQL_ROOT is to be; None for a rehearsal, and where there is no mysqld."""
    searched: tuple[str, ...] = ()
    rehearsal: bool = False

    def completed_by(self, earlier: Binaries) -> Binaries:
        """The same, and where something is missing what the cluster was last started with, if it is still there."""
        kept = {name: path for name, path in earlier.programs.items() if name not in self.programs and path.exists()}
        root = earlier.mysql_root if earlier.mysql_root and earlier.mysql_root.is_dir() else None
        return replace(self, programs={**kept, **self.programs}, mysql_root=self.mysql_root or root)

    def to_json(self) -> str:
        """For `from_json`."""
        programs = {name: str(path) for name, path in sorted(self.programs.items())}
        return json.dumps({"programs": programs, "mysql_root": str(self.mysql_root or "")}) + "\n"

    @staticmethod
    def from_json(text: str) -> Binaries:
        """What `to_json` gave; nothing where the text is something else."""
        try:
            found = json.loads(text)
            programs = {str(name): Path(path) for name, path in found["programs"].items()}
            return Binaries(programs, Path(found["mysql_root"]) if found["mysql_root"] else None)
        except (ValueError, TypeError, KeyError, AttributeError):
            return Binaries({})

    def missing(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """Which of these programs are not there; mysqlctld also wants a mysqld."""
        names = set(wanted)
        absent = [name for name in PROGRAMS if name in names and name not in self.programs]
        if "mysqlctld" in names and not self.rehearsal and self.mysql_root is None:
            absent.append(MYSQLD)
        return tuple(absent)

    def faults(self, wanted: Iterable[str]) -> Iterator[MissingBinaries]:
        """One fault that names everything of `wanted` that is missing; none if all is there."""
        absent = self.missing(wanted)
        if absent:
            yield MissingBinaries(absent, self.searched)


def find_real(local: Local, environ: Mapping[str, str]) -> Binaries:
    """Vitess from the spec, VTROOT/bin or PATH; etcd from there too; mysqld from the spec, VT_MYSQL_ROOT or PATH.

    What is missing is no error here, because `down` and `status` do without; `Binaries.faults` names it.
    """
    path = [Path(folder) for folder in environ.get("PATH", "").split(os.pathsep) if folder]
    vitess = [*_vitess_folders(local, environ), *path]
    programs = {name: found for name in VITESS if (found := _first(name, vitess)) is not None}
    if (etcd := _first("etcd", [*vitess])) is not None:
        programs["etcd"] = etcd
    return Binaries(programs, _mysql_root(local, environ, path), _searched(local, environ))


def _vitess_folders(local: Local, environ: Mapping[str, str]) -> Iterator[Path]:
    if local.vitess:
        yield from (Path(local.vitess).expanduser().absolute() / sub for sub in ("bin", "."))
    if environ.get("VTROOT"):
        yield Path(environ["VTROOT"]).absolute() / "bin"


def _first(name: str, folders: Iterable[Path]) -> Path | None:
    for folder in folders:
        found = shutil.which(name, path=str(folder))
        if found:
            return Path(os.path.normpath(found))
    return None


def _mysql_root(local: Local, environ: Mapping[str, str], path: Iterable[Path]) -> Path | None:
    for root in (local.mysql, environ.get("VT_MYSQL_ROOT", "")):
        if root:
            base = Path(root).expanduser().absolute()
            return base if _first(MYSQLD, (base / folder for folder in MYSQL_FOLDERS)) else None
    found = _first(MYSQLD, [*path, *map(Path, _SYSTEM_FOLDERS)])
    return Path(os.path.realpath(found)).parent.parent if found else None


def _searched(local: Local, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The places that were searched, in words."""
    named = {
        "local.vitess": local.vitess,
        "VTROOT/bin": environ.get("VTROOT", ""),
        "local.mysql": local.mysql,
        "VT_MYSQL_ROOT": environ.get("VT_MYSQL_ROOT", ""),
    }
    return (*(f"{name} ({value})" if value else f"{name} (not set)" for name, value in named.items()), "PATH")
