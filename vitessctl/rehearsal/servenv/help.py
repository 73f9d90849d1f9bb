"""What a server prints when it is asked for its flags or its version, in the style of its release."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from vitessctl.rehearsal.servenv.flags import Types, load_types
from vitessctl.rehearsal.servenv.process import current_release

if TYPE_CHECKING:
    from vitessctl.releases import Release

VITESS: Final = frozenset({"vtctld", "mysqlctld", "vttablet", "vtorc", "vtgate"})
ETCD_VARIABLE: Final = "VITESSCTL_REHEARSAL_ETCD"
_HELP: Final = frozenset({"--help", "-help", "-h", "--h"})
_VERSION: Final = frozenset({"--version", "-version"})
_ETCD: Final = "3.5.0"
_ABOUT: Final = "REHEARSAL: a flag of the real one"


def answered(program: str, arguments: Sequence[str]) -> int | None:
    """Print help or version if that is what the first argument asks for; gives the exit code, None if it is not."""
    asked = arguments[0] if arguments else ""
    if asked in _HELP and program in _HELPS:
        return _HELPS[program](program)
    if asked in _VERSION and program in _VERSIONS:
        return _VERSIONS[program](program)
    return None


def _vitess_help(program: str) -> int:
    """pflag's goes to standard output, Go's to standard error. Both end well (Go's did not before Go 1.15)."""
    release = current_release()
    types = load_types(release)
    if release.flag_parser == "go":
        sys.stderr.write(go_usage(program, release.flags(program), types))
        return 0
    sys.stdout.write(pflag_usage(program, release.flags(program), types))
    return 0


def go_usage(program: str, flags: Sequence[str], types: Types) -> str:
    """As Go's flag package prints it: one dash, the words on a line of their own."""
    lines = [f"  -{flag}{_kind(flag, types)}\n    \t{_ABOUT}\n" for flag in flags]
    return f"Usage of {program}:\n{''.join(lines)}"


def pflag_usage(program: str, flags: Sequence[str], types: Types) -> str:
    """As cobra prints it: two dashes, the words in a column."""
    named = [f"--{flag}{_kind(flag, types)}" for flag in flags]
    width = max(map(len, named), default=0)
    lines = [f"      {name:<{width}}   {_ABOUT}\n" for name in named]
    return f"Usage:\n  {program} [flags]\n\nFlags:\n{''.join(lines)}"


def _kind(flag: str, types: Types) -> str:
    kind = types.get(flag.replace("_", "-"), "string")
    return {"bool": "", "seconds": " int"}.get(kind, f" {kind}")


def _etcd_help(program: str) -> int:
    from vitessctl.rehearsal.etcd.options import KNOWN

    sys.stdout.write("Usage:\n\n  etcd [flags]\n    Start an etcd server.\n\n")
    sys.stdout.write("".join(f"  --{flag} ''\n    {_ABOUT}.\n" for flag in KNOWN))
    return 0


def _vitess_version(program: str) -> int | None:
    """None before the flag was there (2.1): the parser says so in its own words."""
    release = current_release()
    if not release.accepts(program, "version"):
        return None
    sys.stdout.write(f"{program} version Version: {version_of(release)} (Git revision REHEARSAL branch '')\n")
    return 0


def version_of(release: Release) -> str:
    """The version that a stand-in says."""
    return f"{release.name}.0.0-REHEARSAL"


def _mysql_version(program: str) -> int:
    from vitessctl.rehearsal.mysqld import series

    sys.stdout.write(f"mysqld  Ver {series.version()}-rehearsal (vitessctl's stand-in)\n")
    return 0


def _etcd_version(program: str) -> int:
    sys.stdout.write(f"etcd Version: {os.environ.get(ETCD_VARIABLE) or _ETCD}\nGit SHA: REHEARSAL\n")
    return 0


_Printer = Callable[[str], "int | None"]
_HELPS: Final[Mapping[str, _Printer]] = {**dict.fromkeys(sorted(VITESS), _vitess_help), "etcd": _etcd_help}
_VERSIONS: Final[Mapping[str, _Printer]] = {
    **dict.fromkeys(sorted(VITESS), _vitess_version),
    "mysqld": _mysql_version,
    "etcd": _etcd_version,
}
