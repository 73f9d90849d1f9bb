"""A mysqld's data folder: my.cnf, auto.cnf, and the paths of everything else in it."""

from __future__ import annotations

import os
import random
import re
import uuid
from dataclasses import dataclass
from pathlib import Path

INITIALISED_MARK = "ibdata.sqlite"
EVERYWHERE = "0.0.0.0"
"""MySQL listens on every interface, unless EXTRA_MY_CNF gives a bind-address."""


@dataclass(frozen=True)
class Config:
    """What a mysqld is told by its my.cnf; paths are absolute."""

    folder: Path
    socket: Path
    port: int
    server_id: int
    host: str = EVERYWHERE
    read_only: bool = True
    super_read_only: bool = True
    gtid: bool = True

    @property
    def data_file(self) -> Path:
        """Rows and binary log of every schema."""
        return self.folder / "data" / INITIALISED_MARK

    @property
    def uuid_file(self) -> Path:
        """MySQL's auto.cnf, which gives a server its identity."""
        return self.folder / "data" / "auto.cnf"

    @property
    def lock_file(self) -> Path:
        """Holds the pid of the running mysqld; stays behind when it is killed."""
        return self.socket.with_name(self.socket.name + ".lock")

    @property
    def pid_file(self) -> Path:
        """The same pid, removed by a clean stop."""
        return self.folder / "mysql.pid"

    @property
    def log_name(self) -> str:
        """The binary log's base name, `vt-0000000100-bin`."""
        return f"vt-{self.folder.name.removeprefix('vt_')}-bin"


def tablet_folder(root: str, uid: int) -> Path:
    """VTDATAROOT/vt_0000000100."""
    return Path(root) / f"vt_{uid:010d}"


_TEMPLATE = """[mysqld]
# Written by the rehearsal's mysqlctld: no MySQL runs here.
server-id = {server_id}
datadir = {folder}/data
port = {port}
socket = {socket}
pid-file = {folder}/mysql.pid
log-error = {folder}/error.log
super-read-only
read-only
skip_replica_start
log-bin = {folder}/bin-logs/{log_name}
sync_binlog = 1
"""
_GTID_LINES = """gtid_mode = ON
enforce_gtid_consistency
"""


def write_folder(folder: Path, socket: Path, port: int, extra: str, gtid: bool = True) -> None:
    """Makes an empty data folder with its my.cnf; `extra` is what EXTRA_MY_CNF names, put behind.

    `gtid`: whether mysqlctld itself turns GTIDs on; until 2.2 a file of EXTRA_MY_CNF has to.
    """
    server_id = random.randrange(1, 2**31)
    draft = Config(folder, socket, port, server_id)
    for name in ("data", "bin-logs", "relay-logs", "innodb/data", "innodb/logs", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    draft.uuid_file.write_text(f"[auto]\nserver-uuid={uuid.uuid1()}\n")
    text = _TEMPLATE.format(server_id=server_id, folder=folder, port=port, socket=socket, log_name=draft.log_name)
    temporary = folder / "my.cnf.new"
    temporary.write_text(text + (_GTID_LINES if gtid else "") + extra)
    os.replace(temporary, folder / "my.cnf")


def read_config(path: Path) -> Config:
    """What a my.cnf says; a later line wins over an earlier one. OSError, or ValueError for a missing setting."""
    settings: dict[str, str] = {}
    for line in path.read_text().splitlines():
        match = re.match(r"\s*([a-z][\w-]*)\s*(?:=\s*(.*?))?\s*$", line, re.IGNORECASE)
        if match:
            settings[match[1].replace("-", "_").lower()] = match[2] if match[2] is not None else "ON"
    for name in ("server_id", "port", "socket"):
        if name not in settings:
            raise ValueError(f"{path} sets no {name}")
    return Config(
        folder=path.parent,
        socket=Path(settings["socket"]),
        port=int(settings["port"]),
        server_id=int(settings["server_id"]),
        host=settings.get("bind_address", "*").replace("*", EVERYWHERE),
        read_only=is_on(settings.get("read_only", "OFF")),
        super_read_only=is_on(settings.get("super_read_only", "OFF")),
        gtid=is_on(settings.get("gtid_mode", "OFF")),
    )


def server_uuid(config: Config) -> str:
    """The server's uuid out of auto.cnf, made anew when the file is gone."""
    if not config.uuid_file.exists():
        config.uuid_file.parent.mkdir(parents=True, exist_ok=True)
        config.uuid_file.write_text(f"[auto]\nserver-uuid={uuid.uuid1()}\n")
    return config.uuid_file.read_text().partition("server-uuid=")[2].strip()


def is_on(value: str) -> bool:
    """Whether a setting's text means yes."""
    return value.strip().strip("'\"").lower() in {"on", "1", "true", "yes"}
