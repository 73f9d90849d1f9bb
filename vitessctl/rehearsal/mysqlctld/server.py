"""The stand-in mysqlctld's process.

    mysqlctld --tablet-uid 100 --mysql-port 17100 --socket-file DIR/mysqlctl100.sock    (VTDATAROOT, EXTRA_MY_CNF)

Its socket and its HTTP port answer only once mysqld does. It ends with code 0 when its mysqld dies, and refuses to
start while a mysqld of the same tablet lives. The socket file stays behind, as the real one's does.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from vitessctl.rehearsal.mysqld.config import Config, read_config, tablet_folder, write_folder
from vitessctl.rehearsal.servenv import dbconfigs
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.process import Process
from vitessctl.rehearsal.servenv.times import asked, seconds
from vitessctl.releases import Release

DEFAULT_WAIT = 300.0
_POLL = 0.01
_MYSQLD_STOP = 10.0
_FAILED = "failed to initialize mysql data dir and start mysqld"
FLAVOUR_FILE = re.compile(r"(master|replica)_mysql5[67]\.cnf")
"""Vitess's own fragments that turn GTIDs on; the stand-ins' images hold them empty."""
_GONE_BY_ITSELF = "mysqld shut down on its own, exiting mysqlctld"


def main(arguments: list[str]) -> int:
    """Runs until SIGTERM or until mysqld ends; gives the exit code."""
    process = Process("mysqlctld", arguments)
    flags = process.flags
    uid = flags.number("tablet-uid", 41983)
    folder = tablet_folder(os.environ.get("VTDATAROOT", "/vt"), uid)
    if not (folder / "my.cnf").exists():
        process.log.info(f"mycnf file ({folder}/my.cnf) doesn't exist, initializing")
        _check_users(process)
        mysql_socket = Path(flags.text("mysql-socket") or folder / "mysql.sock")
        _initialise(folder, mysql_socket, flags.number("mysql-port", 3306), process.release)
    config = read_config(folder / "my.cnf")
    _refuse_second(config)
    process.signals.hold()  # mysqld must not outlive a mysqlctld that was stopped while it started
    child = _start(process, config, asked(flags.seconds("wait-time", DEFAULT_WAIT)))
    listener = _listen(flags.text("socket-file"))
    if flags.number("port"):
        process.listen_http()
    process.log.info("mysqld is up (REHEARSAL)")
    return _watch(process, child, listener)


def _check_users(process: Process) -> None:
    """The file that makes MySQL's users must be given until 4, and be there if it is given. StartError.

    Until 2.2 the DBA's name must be given, too.
    """
    file = process.flags.text("init-db-sql-file")
    if file or process.release.init_db_sql_required:
        try:
            Path(file).read_bytes()
        except OSError:
            trouble = f"open {file}: no such file or directory"
            raise StartError(f"{_FAILED}: can't open init_db_sql_file ({file}): {trouble}") from None
    dbconfigs.check_users(process.flags, process.release, ("dba",), f"{_FAILED}: ")


def _initialise(folder: Path, mysql_socket: Path, port: int, release: Release) -> None:
    """The slow step of a fresh tablet; EXTRA_MY_CNF counts only here, as with the real one."""
    time.sleep(seconds("mysqld_init"))
    files = [Path(name) for name in os.environ.get("EXTRA_MY_CNF", "").split(":") if name]
    try:
        extra = "\n".join(file.read_text() for file in files)
    except OSError as error:
        raise StartError(f"{_FAILED}: {error}") from None
    flavour = any(FLAVOUR_FILE.fullmatch(file.name) for file in files)
    write_folder(folder, mysql_socket, port, extra, gtid=not release.extra_my_cnf or flavour)


def _refuse_second(config: Config) -> None:
    """Looks at the pid that the last mysqld left, as the real one does: a reused pid counts, too."""
    try:
        pid = int(config.lock_file.read_text().split()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return
    raise StartError(f"failed to start mysqld: process {pid} is still running")


def _start(process: Process, config: Config, patience: float) -> subprocess.Popen[bytes]:
    """Starts mysqld and waits until it answers. StartError, with mysqld stopped, when it does not.

    As the real one it waits on for a mysqld that has ended, and ends at a signal then.
    """
    command = [sys.executable, "-m", "vitessctl.rehearsal", "mysqld", f"--defaults-file={config.folder}/my.cnf"]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if _answers(config.socket):
            return child
        if child.poll() is not None:
            process.signals.let_go()
        time.sleep(_POLL)
    child.kill()
    child.wait()
    text = "failed to initialize mysql data dir and start mysqld: deadline exceeded waiting for mysqld socket file"
    raise StartError(f"{text} to appear: {config.socket}")


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _listen(path: str) -> socket.socket | None:
    """The control socket; what a dead mysqlctld left there is replaced."""
    if not path:
        return None
    Path(path).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(path)
    except OSError as error:
        raise StartError(f"Error in net.Listen for socket_file {path}: {error}") from None
    listener.listen(16)
    threading.Thread(target=_accept, args=(listener,), daemon=True).start()
    return listener


def _accept(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.close()


def _watch(process: Process, child: subprocess.Popen[bytes], listener: socket.socket | None) -> int:
    threading.Thread(target=_report_end, args=(process, child), daemon=True).start()
    process.signals.wait()
    if listener is not None:
        listener.close()
    if child.poll() is not None:
        process.log.info(_GONE_BY_ITSELF)
        return 0
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(_MYSQLD_STOP)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    return 0


def _report_end(process: Process, child: subprocess.Popen[bytes]) -> None:
    child.wait()
    process.signals.stop()
