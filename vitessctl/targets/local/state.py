"""The state folder: everything that a cluster has on this machine is below it, and nothing else is."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from vitessctl.targets.local.account import Account, blocked
from vitessctl.targets.local.faults import StateFolderError

MARKER = ".vitessctl-state"
LOCK = "lock"
FOLDERS = ("bin", "config", "data", "run", "log", "backups")
LONGEST_SOCKET = 107
"""Bytes that a unix socket's path may have: sun_path holds 108 with the closing zero (unix(7))."""
SOCKETS = ("data/vt_0000000000/mysql.sock", "run/mysqlctl-0000000000.sock", "supervisor.sock")
_LEGAL = re.compile(r"[\w./+=@~-]+")
_ANOTHER = "choose another folder with --state-dir"


def default_state(cluster: str, target: str, environ: Mapping[str, str], uid: int) -> Path:
    """Where a cluster lives without --state-dir.

    Below the XDG state folder; for root with real servers, which run as somebody else who cannot look into root's
    home, below /var/lib.
    """
    if uid == 0 and target == "local":
        return Path("/var/lib/vitessctl", cluster)
    home = environ.get("XDG_STATE_HOME", "")
    base = Path(home) if os.path.isabs(home) else Path(environ.get("HOME") or Path.home(), ".local/state")
    return base / "vitessctl" / f"{cluster}-{target}"


@dataclass(frozen=True)
class Content:
    """What a state folder's marker says that it is."""

    cluster: str
    target: str


def content_of(path: Path) -> Content | None:
    """Whose state folder this is; None if it is none, and nobody's if its marker cannot be read."""
    try:
        return Content(**json.loads((path / MARKER).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        return Content("", "")


@dataclass(frozen=True)
class StateFolder:
    """One cluster's folder and who owns what is in it. Methods raise StateFolderError."""

    path: Path
    owner: Account

    def faults(self) -> Iterator[StateFolderError]:
        """Why this folder cannot be used; nothing if it can."""
        yield from _faults_of_path(self.path)
        if self.path.is_dir() and not self.path.is_symlink():
            yield from self._faults_of_content()
        if self.owner.is_other:
            yield from self._unreachable()

    def _faults_of_content(self) -> Iterator[StateFolderError]:
        content = set(os.listdir(self.path)) - {_temporary(MARKER)}
        if content and MARKER not in content:
            yield StateFolderError(
                "the folder holds something else than a cluster of vitessctl",
                where=str(self.path),
                why=f"it has no {MARKER}, but {', '.join(sorted(content)[:3])}",
                fix=f"{_ANOTHER}; it must be new or empty",
            )

    def _unreachable(self) -> Iterator[StateFolderError]:
        wall = blocked(self.path, self.owner)
        if wall is not None:
            yield StateFolderError(
                "the servers cannot reach the state folder",
                where=str(self.path),
                why=f"they run as uid {self.owner.uid}, who may not enter {wall}",
                fix=f"chmod o+x {wall}, or {_ANOTHER}, for example below /var/lib",
            )

    @property
    def exists(self) -> bool:
        """Whether a cluster of ours is there."""
        return (self.path / MARKER).is_file()

    def create(self, cluster: str, target: str) -> None:
        """Make the folder, the marker and the folders in it; does nothing where they are. Mode 0700."""
        for fault in self.faults():
            raise fault
        if self.exists and all((self.path / folder).is_dir() for folder in FOLDERS):
            return
        with _explained(self.path):
            _make_parents(self.path.parent)
            self._make(self.path)
            if not self.exists:
                os.chmod(self.path, 0o700)
                self._own(self.path)
                self.write(MARKER, json.dumps(asdict(Content(cluster, target))) + "\n")
            for folder in FOLDERS:
                self._make(self.path / folder)
            if not (self.path / LOCK).exists():
                self.write(LOCK, "", mode=0o600)

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
            self._own(folder)

    def _own(self, path: Path) -> None:
        if self.owner.is_other:
            os.chown(path, self.owner.uid, self.owner.gid, follow_symlinks=False)

    def read(self, name: str) -> str | None:
        """The text of a file below the folder; None if it is not there."""
        try:
            return (self.path / name).read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise StateFolderError("a file cannot be read", where=str(self.path / name), why=str(error)) from error

    def write(self, name: str, text: str, mode: int = 0o644) -> bool:
        """Bring a file below the folder to this text and mode, whole or not at all; whether it changed."""
        path = self.path / name
        with _explained(path):
            self._make_folders(Path(name).parent)
            if path.is_file() and self.read(name) == text:
                if path.stat().st_mode & 0o777 != mode:
                    os.chmod(path, mode)
                return False
            self._replace(path, text, mode)
        return True

    def _make_folders(self, relative: Path) -> None:
        for folder in reversed([relative, *relative.parents][:-1]):
            self._make(self.path / folder)

    def _replace(self, path: Path, text: str, mode: int) -> None:
        temporary = path.with_name(_temporary(path.name))
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        self._own(temporary)
        os.replace(temporary, path)

    def link(self, name: str, target: str) -> None:
        """Make a symbolic link below the folder point to `target`, whole or not at all."""
        path = self.path / name
        if path.is_symlink() and os.readlink(path) == target:
            return
        with _explained(path):
            self._make_folders(Path(name).parent)
            temporary = path.with_name(_temporary(path.name))
            temporary.unlink(missing_ok=True)
            temporary.symlink_to(target)
            os.replace(temporary, path)

    def remove(self, name: str) -> bool:
        """Remove a file below the folder; whether it was there."""
        try:
            (self.path / name).unlink()
        except FileNotFoundError:
            return False
        return True


def _temporary(name: str) -> str:
    return f".{name}.new"


def _faults_of_path(path: Path) -> Iterator[StateFolderError]:
    if path.is_symlink():
        yield StateFolderError("the state folder is a symbolic link", where=str(path), fix="give the folder itself")
    elif path.exists() and not path.is_dir():
        yield StateFolderError("the state folder is a file", where=str(path), fix=_ANOTHER)
    if not _LEGAL.fullmatch(str(path)):
        yield StateFolderError(
            "the state folder's name has a space, or a sign with a meaning in PATH or supervisor's configuration",
            where=str(path),
            fix=f"{_ANOTHER}, of letters, digits and . _ - + = @ ~",
        )
    longest = max((str(path / name) for name in SOCKETS), key=lambda name: len(os.fsencode(name)))
    excess = len(os.fsencode(longest)) - LONGEST_SOCKET
    if excess > 0:
        yield StateFolderError(
            f"the path of the state folder is too long, by {excess} bytes",
            where=str(path),
            why=f"a unix socket's path has {LONGEST_SOCKET} bytes at most, and {longest} would have more",
            fix="choose a shorter folder with --state-dir",
        )


def _make_parents(folder: Path) -> None:
    """Like `mkdir -p`, but what is new can be entered by everybody whatever the umask."""
    if folder.is_dir():
        return
    _make_parents(folder.parent)
    folder.mkdir(exist_ok=True)
    if os.geteuid() == 0:
        folder.chmod(0o755)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StateFolderError(
            f"cannot write {error.filename or path}",
            where=str(path),
            why=error.strerror or str(error),
            fix=f"make room or give yourself access, or {_ANOTHER}",
        ) from error
