"""The stand-in for MySQL's client, as far as probes need it: one statement to the mysqld behind a socket.

    mysql --user=vt_dba --socket=/vt/vtdataroot/vt_0000000100/mysql.sock --execute='select 1'

It speaks the stand-ins' own protocol, so it reaches no vtgate. Its answers are those of a client whose output is
no terminal: a line of names, then a line a row, with tabs between.
"""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from vitessctl.rehearsal.clients.words import UsageError, split
from vitessctl.rehearsal.mysqld.client import Connection
from vitessctl.rehearsal.mysqld.errors import MySqlError

KINDS: Final = {"user": "text", "socket": "text", "execute": "text", "skip-column-names": "bool", "batch": "bool"}
SHORT: Final = {"-u": "--user", "-S": "--socket", "-e": "--execute", "-N": "--skip-column-names", "-B": "--batch"}
SOCKET: Final = "/var/run/mysqld/mysqld.sock"
LOCAL_USERS: Final = ("root", "vt_dba", "vt_app", "vt_appdebug", "vt_allprivs", "vt_filtered", "vt_monitoring")


def main(arguments: list[str]) -> int:
    """Run one statement; gives the exit code: 0, or 1 with MySQL's words on stderr."""
    try:
        line = split([_long(word) for word in arguments], KINDS)
    except UsageError as error:
        sys.stderr.write(f"mysql: [ERROR] {error}\n")
        return 2
    path, user = line.flags.get("socket", SOCKET), line.flags.get("user", "root")
    if reason := refusal(path, user):
        sys.stderr.write(f"{reason}\n")
        return 1
    return _execute(path, user, line.flags.get("execute", ""), "skip-column-names" not in line.flags)


def _long(word: str) -> str:
    """`-u` as `--user`, `-uroot` as `--user=root`; other words as they are. UsageError for another short flag."""
    if not word.startswith("-") or word.startswith("--"):
        return word
    if word[:2] not in SHORT:
        raise UsageError(f"unknown option '{word}'")
    return SHORT[word[:2]] + (f"={word[2:]}" if word[2:] else "")


def refusal(path: str, user: str) -> str:
    """Why MySQL's client would not get in, empty if it would. The number at the end is the system's."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except OSError as error:
            number = error.errno or errno.ENOENT
            return f"ERROR 2002 (HY000): Can't connect to local MySQL server through socket '{path}' ({number})"
    if user not in LOCAL_USERS:
        return f"ERROR 1045 (28000): Access denied for user '{user}'@'localhost' (using password: NO)"
    return ""


def _execute(path: str, user: str, statement: str, names: bool) -> int:
    try:
        answer = Connection(Path(path)).call("query", sql=statement, user=user)
    except MySqlError as error:
        sys.stderr.write(f"ERROR {error.number} ({error.sql_state}) at line 1: {error.text}\n")
        return 1
    sys.stdout.write(table(answer, names))
    return 0


def table(answer: dict[str, Any], names: bool) -> str:
    """The rows of an answer as batch mode prints them; nothing where there are none."""
    header = [[field["name"] for field in answer["fields"]]] if names else []
    rows: list[Sequence[Any]] = [*header, *answer["rows"]] if answer["rows"] else []
    return "".join("\t".join("NULL" if value is None else str(value) for value in row) + "\n" for row in rows)
