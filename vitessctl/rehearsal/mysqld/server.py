"""The stand-in mysqld's process: opens its data folder, listens on its socket and its port, answers requests.

Started by mysqlctld with `--defaults-file=…/my.cnf`, as the real one is. A folder that was never initialised,
a port that is taken, or root as user end it at once, with MySQL's words in error.log.
"""

from __future__ import annotations

import fcntl
import os
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from vitessctl.rehearsal.mysqld.config import Config, read_config
from vitessctl.rehearsal.mysqld.requests import serve
from vitessctl.rehearsal.mysqld.state import ServerState
from vitessctl.rehearsal.mysqld.waits import wait
from vitessctl.rehearsal.servenv.process import Signals
from vitessctl.rehearsal.storage.engine import LockWaitTimeout

ROOT_VARIABLE = "VITESSCTL_REHEARSAL_ROOT"
_AS_ROOT = 'Please read "Security" section of the manual to find out how to run mysqld as root!'
_DAMAGED = "Database page corruption on disk or a failed file read of page. You may have to recover from a backup."
_BACKLOG = 128
_LOCK_SECONDS = 100.0
_LOCK_PAUSE = 0.05


def main(arguments: list[str]) -> int:
    """Runs until SIGTERM; gives the exit code."""
    options = dict(argument.lstrip("-").partition("=")[::2] for argument in arguments)
    try:
        config = read_config(Path(options.get("defaults-file", "my.cnf")))
        return _run(config)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"mysqld: {error}\n")
        return 1


def _run(config: Config) -> int:
    with (config.folder / "error.log").open("a", buffering=1, encoding="utf-8") as log:
        log.write(f"{_stamp()} [System] [MY-010116] [Server] mysqld (REHEARSAL) starting as process {os.getpid()}\n")
        try:
            return _serve(config, log)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            log.write(f"{_stamp()} [ERROR] [MY-011906] [InnoDB] {_DAMAGED} ({error})\n")
            return 1
        finally:
            log.write(f"{_stamp()} mysqld_safe mysqld from pid file {config.pid_file} ended\n")


def _serve(config: Config, log: TextIO) -> int:
    if os.geteuid() == 0 and os.environ.get(ROOT_VARIABLE) != "1":
        log.write(f"{_stamp()} [ERROR] [MY-010123] [Server] Fatal error: {_AS_ROOT}\n")
        return 1
    if not _have_to_ourselves(config.folder, log):
        return 1
    try:
        sockets = [_tcp(config), _unix(config)]
    except OSError as error:
        for number, text in _not_bound(config.port, error):
            log.write(f"{_stamp()} [ERROR] [{number}] [Server] {text}\n")
        return 1
    time.sleep(wait("start"))
    server = ServerState(config)
    for listener in sockets:
        listener.listen(_BACKLOG)
        threading.Thread(target=accept, args=(server, listener), daemon=True).start()
    config.pid_file.write_text(f"{os.getpid()}\n")
    log.write(f"{_stamp()} [System] [MY-010931] [Server] mysqld (REHEARSAL): ready for connections.\n")
    Signals().wait()
    _stop(server)
    log.write(f"{_stamp()} [System] [MY-010910] [Server] mysqld (REHEARSAL): Shutdown complete.\n")
    return 0


def _have_to_ourselves(folder: Path, log: TextIO) -> bool:
    """Whether no other mysqld has these data, from now until this process ends; waits for one that still stops.

    That of a pod deleted without grace does, in another container, while the next pod starts: it would take away the
    new one's socket. InnoDB locks its files and tries a hundred times, a second apart.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    until = time.monotonic() + _LOCK_SECONDS
    told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if not told:
                log.write(f"{_stamp()} [ERROR] [MY-012574] [InnoDB] Unable to lock ./ibdata1 error: 11\n")
                told = True
        if time.monotonic() > until:
            log.write(f"{_stamp()} [ERROR] [MY-010119] [Server] Aborting\n")
            return False
        time.sleep(_LOCK_PAUSE)


def _not_bound(port: int, error: OSError) -> Iterator[tuple[str, str]]:
    yield "MY-010262", f"Can't start server: Bind on TCP/IP port: {error.strerror}"
    yield "MY-010257", f"Do you already have another mysqld server running on port: {port} ?"
    yield "MY-010119", "Aborting"


def _stamp() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000Z 0", time.gmtime())


def _tcp(config: Config) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((config.host, config.port))
    return listener


def _unix(config: Config) -> socket.socket:
    """Takes the socket's place; the pid in the lock file is how others see that this mysqld lives."""
    config.lock_file.write_text(f"{os.getpid()}\n")
    config.socket.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(config.socket))
    return listener


def accept(server: ServerState, listener: socket.socket) -> None:
    """Serves every connection to a listening socket in a thread of its own, until the socket is closed."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=serve, args=(server, connection), daemon=True).start()


def _stop(server: ServerState) -> None:
    server.replica.stop()
    time.sleep(wait("stop"))
    with suppress(LockWaitTimeout):  # a commit that waits for a replica is durable already
        server.engine.checkpoint()
    for path in (server.config.socket, server.config.lock_file, server.config.pid_file):
        path.unlink(missing_ok=True)
