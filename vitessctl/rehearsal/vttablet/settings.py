"""What a vttablet is told by its command line."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vitessctl.rehearsal.mysqld.config import tablet_folder
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.flags import Flags
from vitessctl.rehearsal.topology_names import Refused, alias_text, parse_alias, type_name, type_number
from vitessctl.vtctld.proto import topodata_pb2 as topodata

INITIAL_TYPES: Final = (topodata.REPLICA, topodata.RDONLY, topodata.SPARE)
DEFAULT_ON_TERM: Final = 10.0
_BAD = "failed to parse --tablet-path: "


@dataclass(frozen=True)
class Settings:
    """Who the tablet is and where it listens."""

    alias: topodata.TabletAlias
    keyspace: str
    shard: str
    type: topodata.TabletType
    hostname: str
    http_port: int
    grpc_port: int
    database: str
    config_file: Path
    restores: bool
    """Whether --restore-from-backup is on: then a restarted tablet does not start replication by itself."""
    on_term_seconds: float

    @property
    def name(self) -> str:
        """The alias as text."""
        return alias_text(self.alias)


def read_settings(flags: Flags) -> Settings:
    """The settings of a command line. StartError in Vitess's words."""
    try:
        alias = parse_alias(flags.text("tablet-path"))
    except Refused as error:
        raise StartError(f"{_BAD}{error}") from None
    keyspace, shard = flags.text("init-keyspace"), flags.text("init-shard")
    if not keyspace or not shard:
        raise StartError(f"{_BAD}init-keyspace and init-shard must be specified")
    folder = tablet_folder(os.environ.get("VTDATAROOT", "/vt"), alias.uid)
    return Settings(
        alias=alias,
        keyspace=keyspace,
        shard=shard,
        type=_initial_type(flags.text("init-tablet-type")),
        hostname=flags.text("tablet-hostname") or socket.gethostname(),
        http_port=flags.number("port"),
        grpc_port=flags.number("grpc-port"),
        database=flags.text("init-db-name-override") or f"vt_{keyspace}",
        config_file=Path(flags.text("mycnf-file") or folder / "my.cnf"),
        restores=flags.true("restore-from-backup"),
        on_term_seconds=flags.seconds("onterm-timeout", DEFAULT_ON_TERM),
    )


def _initial_type(text: str) -> topodata.TabletType:
    try:
        wanted = type_number(text)
    except KeyError:
        raise StartError(f"{_BAD}unknown TabletType {text}") from None
    if wanted not in INITIAL_TYPES:
        raise StartError(f"{_BAD}invalid init-tablet-type {type_name(wanted)}; can only be REPLICA, RDONLY or SPARE")
    return wanted
