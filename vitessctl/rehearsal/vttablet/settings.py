"""What a vttablet is told by its command line."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vitessctl.rehearsal.mysqld.config import tablet_folder
from vitessctl.rehearsal.servenv.dbconfigs import check_users
from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.flags import Flags
from vitessctl.rehearsal.topology_names import Refused, alias_of_release, alias_text, type_name, type_number
from vitessctl.releases import Release
from vitessctl.vtctld.proto import topodata_pb2 as topodata

INITIAL_TYPES: Final = (topodata.REPLICA, topodata.RDONLY, topodata.SPARE)
DEFAULT_ON_TERM: Final = 10.0
NO_PATH: Final = (
    ("..2.1", "tabletPath required"),
    ("2.2..14", "-tablet-path required"),
    ("15..22", "--tablet-path required"),
)
"""What is said without --tablet-path; from 23 on as of a path that is none."""
NO_STORAGE: Final = "RestoreFromBackup failed: no registered implementation of BackupStorage"
OPTIONAL_INIT: Final = "..6"
"""Keyspace, shard and type are given together or not at all; later they must be given."""
FLAG_DECIDES: Final = "..14"
"""Until here enable_semi_sync turns semi-sync on; later the keyspace's record alone does."""


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
    release: Release
    semi_sync: bool = False
    """Whether enable_semi_sync is on, for the releases where it decides."""
    commits_by_itself: bool = True
    """Whether a row may be written outside a transaction: in 2.1 only with enable-autocommit.

    Until 5 vttablet asks for it too, but vtgate of 2.2 begins a transaction where its client does not.
    """

    @property
    def name(self) -> str:
        """The alias as text."""
        return alias_text(self.alias)


def read_settings(flags: Flags, release: Release) -> Settings:
    """The settings of a command line. StartError in the release's words."""
    alias = _alias(flags.text("tablet-path"), release)
    keyspace, shard = flags.text("init-keyspace"), flags.text("init-shard")
    _check_place(flags, release)
    check_users(flags, release)
    restores = flags.true("restore-from-backup")
    if restores and not flags.text("backup-storage-implementation"):
        raise StartError(NO_STORAGE)
    folder = tablet_folder(os.environ.get("VTDATAROOT", "/vt"), alias.uid)
    return Settings(
        alias=alias,
        keyspace=keyspace,
        shard=shard,
        type=_initial_type(flags.text("init-tablet-type"), release),
        hostname=flags.text("tablet-hostname") or socket.gethostname(),
        http_port=flags.number("port"),
        grpc_port=flags.number("grpc-port"),
        database=flags.text("init-db-name-override") or f"vt_{keyspace}",
        config_file=Path(flags.text("mycnf-file") or folder / "my.cnf"),
        restores=restores,
        on_term_seconds=flags.seconds("onterm-timeout", DEFAULT_ON_TERM),
        release=release,
        semi_sync=flags.true("enable-semi-sync"),
        commits_by_itself=not release.within("2.1") or flags.true("enable-autocommit"),
    )


def _alias(text: str, release: Release) -> topodata.TabletAlias:
    for range_, words in NO_PATH:
        if not text and release.within(range_):
            raise StartError(words)
    try:
        return alias_of_release(text, release)
    except Refused as error:
        raise StartError(f"{_bad(release)}{error}") from None


def _bad(release: Release) -> str:
    return f"failed to parse {'-' if release.within('..14') else '--'}tablet-path: "


def _check_place(flags: Flags, release: Release) -> None:
    given = [bool(flags.text(name)) for name in ("init-keyspace", "init-shard", "init-tablet-type")]
    if release.within(OPTIONAL_INIT) and not all(given):
        if any(given):
            raise StartError("either need all of init_keyspace, init_shard and init_tablet_type, or none")
        raise StartError("rehearsal: a stand-in for vttablet cannot do without init_keyspace (InitTablet is not there)")
    if not all(given[:2]):
        names = _spelled("init_keyspace and init_shard", release)
        raise StartError(f"{_bad(release)}{names} must be specified")


def _spelled(text: str, release: Release) -> str:
    """Names of flags as the release writes them."""
    return text.replace("_", "-") if release.within("23..") else text


def _initial_type(text: str, release: Release) -> topodata.TabletType:
    old = release.within(OPTIONAL_INIT)
    try:
        wanted = type_number(text)
    except KeyError:
        unknown = f"unknown TabletType {text}"
        raise StartError(
            f"invalid init_tablet_type {text}: {unknown}" if old else f"{_bad(release)}{unknown}"
        ) from None
    if wanted == topodata.PRIMARY and old:
        raise StartError("init_tablet_type cannot be master, use replica instead")
    if wanted not in INITIAL_TYPES and not old:
        word = release.primary_type.upper() if wanted == topodata.PRIMARY else type_name(wanted)
        name = _spelled("init_tablet_type", release)
        raise StartError(f"{_bad(release)}invalid {name} {word}; can only be REPLICA, RDONLY or SPARE")
    return wanted
