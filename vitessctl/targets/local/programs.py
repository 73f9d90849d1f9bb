"""A program of the local target: what its document says, and what was last started from it."""

from __future__ import annotations

import configparser
import hashlib
import json
import os
import re
import shlex
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from vitessctl.render.documents import Document
from vitessctl.targets.local.faults import LocalError
from vitessctl.targets.local.state import StateFolder
from vitessctl.targets.local.tail import size

PROGRAM, FILE = "Program", "File"
_STOP_WAIT = 10.0  # supervisor's own default of stopwaitsecs
_WRITTEN = ("bin", "data", "run", "log", "backups")
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Program:
    """A document of kind Program, parsed."""

    document: Document
    command: tuple[str, ...]
    """Its words, with the state folder put in."""
    stop_wait: float
    """Seconds that it may take to stop."""

    @property
    def name(self) -> str:
        """The name in supervisor."""
        return self.document.name

    @property
    def executable(self) -> str:
        """The first word of the command."""
        return self.command[0]

    def reads(self, state: Path) -> tuple[str, ...]:
        """The files below the state folder that its command line names, so that it reads them when it starts.

        Not data, which it writes itself, and not a file that only the environment names (EXTRA_MY_CNF): that is
        read when MySQL is initialised, and a restart would not make it count.
        """
        found = re.findall(rf"{re.escape(str(state))}/([^\s'\":,=]+)", " ".join(self.command))
        return tuple(name for name in found if name.partition("/")[0] not in _WRITTEN)


def parse(document: Document, state: Path) -> Program:
    """The program of a document. Raises LocalError if supervisor could not run it."""
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=True)
    try:
        parser.read_string(document.text)
        section = parser[f"program:{document.name}"]
        command = tuple(shlex.split(_expand(section["command"], document.name, state)))
        if not command:
            raise ValueError("its command is empty")
        return Program(document, command, float(section.get("stopwaitsecs", str(_STOP_WAIT))))
    except (configparser.Error, KeyError, ValueError) as error:
        raise LocalError(
            f"{document.label} is not a program that supervisor can run",
            where=document.template,
            why=str(error),
            fix=f"the template has to give a section [program:{document.name}] with a command",
        ) from error


def _expand(text: str, name: str, state: Path) -> str:
    return text.replace("%(here)s", str(state)).replace("%(program_name)s", name).replace("%%", "%")


def configuration_name(program: str) -> str:
    """The file below the state folder that holds a program's document."""
    return f"{program}.program.conf"


@dataclass(frozen=True)
class Started:
    """What is kept about a program when it is started, to tell later whether it would be started otherwise."""

    program: str
    fingerprint: str
    component: str
    subject: str
    stage: str
    stop_wait: float
    log_start: int = 0
    """How long its log was then, in bytes: what is before tells of an earlier life, perhaps of other flags."""


def record_name(program: str) -> str:
    """The file below the state folder that holds a program's Started."""
    return f"run/{program}.started"


def remember(state: StateFolder, program: Program, fingerprint: str) -> None:
    """Write down what is about to be started."""
    document = program.document
    started = Started(
        program.name,
        fingerprint,
        document.component,
        document.subject,
        document.stage,
        program.stop_wait,
        size(log_file(state.path, program.name)),
    )
    state.write(record_name(program.name), json.dumps(asdict(started)) + "\n")


def log_file(state: Path, program: str) -> Path:
    """Where supervisord writes what a program says."""
    return state / "log" / f"{program}.log"


def started(state: StateFolder, program: str) -> Started | None:
    """What was last started under this name; None if nothing was, or nobody can read it any more."""
    try:
        return Started(**json.loads(state.read(record_name(program)) or ""))
    except (ValueError, TypeError):
        return None


def programs_in(state: StateFolder) -> tuple[str, ...]:
    """The names of all programs that the folder has a document of."""
    suffix = configuration_name("")
    return tuple(sorted(path.name.removesuffix(suffix) for path in state.path.glob(f"*{suffix}")))


def all_started(state: StateFolder) -> Mapping[str, Started]:
    """What is known of each program in the folder."""
    found = ((name, started(state, name)) for name in programs_in(state))
    return {name: record or Started(name, "", "", "", "", _STOP_WAIT) for name, record in found}


def fingerprint(program: Program, files: Iterable[Document], state: StateFolder, shared: str) -> str:
    """A digest of everything that decides how the program runs: document, binary, files it reads, environment."""
    parts = [program.document.text, shared, _identity(look_up(program.executable, state.path))]
    wanted = {file.name: file.text for file in files}
    parts += [wanted[name] if name in wanted else state.read(name) or "" for name in program.reads(state.path)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _identity(executable: Path) -> str:
    """A binary by its real path, size and time, so that one that was put in its place is noticed."""
    try:
        status = executable.stat()
    except OSError:
        return str(executable)
    return f"{os.path.realpath(executable)} {status.st_size} {status.st_mtime_ns}"


def look_up(executable: str, state: Path) -> Path:
    """The file that supervisor runs for a command's first word."""
    found = shutil.which(executable, path=f"{state / 'bin'}:{_SYSTEM_PATH}")
    return Path(found or executable)


def search_path(state: Path) -> str:
    """PATH of supervisord and of every program: the same whoever starts it, so that it does not change by chance."""
    return f"{state / 'bin'}:{_SYSTEM_PATH}"
