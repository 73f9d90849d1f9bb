"""As whom the servers run: Vitess and MySQL refuse root."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vitessctl.targets.local.faults import LocalError

FALLBACK_UID = 59306
"""Whom root runs the servers as when nothing else says so. The servers need no passwd entry (tried with Vitess 24)."""


@dataclass(frozen=True)
class Account:
    """A user and a group, by number."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether it is somebody else than who runs vitessctl."""
        return self.uid != os.geteuid()


def blocked(path: Path, account: Account) -> Path | None:
    """The first folder above `path`, from the top, that this account may not enter; None if it can get there."""
    for parent in reversed(path.parents):
        if parent.is_dir() and not _may_enter(parent.stat(), account):
            return parent
    return None


def _may_enter(folder: os.stat_result, account: Account) -> bool:
    if folder.st_uid == account.uid:
        return bool(folder.st_mode & 0o100)
    return bool(folder.st_mode & (0o010 if folder.st_gid == account.gid else 0o001))


def caller() -> Account:
    """Who runs vitessctl."""
    return Account(os.geteuid(), os.getegid())


def account_of(user: str) -> Account:
    """The account of a user name or a number; a number needs no passwd entry. Raises LocalError."""
    try:
        entry = pwd.getpwuid(int(user)) if user.isdigit() else pwd.getpwnam(user)
    except KeyError:
        if user.isdigit():
            return Account(int(user), int(user))
        raise LocalError(
            f"there is no user '{user}' on this machine",
            where="local.user",
            fix="give the name of a user, or any number above 0: the servers need no passwd entry",
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def server_account(user: str, state: Path, environ: Mapping[str, str]) -> Account:
    """Whom real servers run as: the caller; for root `user`, else who owns the state folder, SUDO_UID, a number."""
    own = caller()
    if user:
        return _wanted(account_of(user), user, own)
    return own if own.uid != 0 else _for_root(state, environ)


def _wanted(account: Account, user: str, own: Account) -> Account:
    if account.uid == 0:
        raise LocalError(
            f"the servers cannot run as {user}",
            where="local.user",
            why="Vitess and MySQL refuse to run as root",
            fix="name another user, or leave local.user out",
        )
    if own.uid not in (0, account.uid):
        raise LocalError(
            f"the servers cannot be run as {user}",
            where="local.user",
            why=f"only root can run them as somebody else, and this is uid {own.uid}",
            fix="leave local.user out, or run vitessctl as root",
        )
    return account


def _for_root(state: Path, environ: Mapping[str, str]) -> Account:
    if state.is_dir() and (owner := state.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    sudo = environ.get("SUDO_UID", "")
    if sudo.isdigit() and int(sudo) != 0:
        return account_of(sudo)
    return Account(FALLBACK_UID, FALLBACK_UID)
