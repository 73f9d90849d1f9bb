"""MySQL's clone plugin: another tablet's files are copied into a running, empty MySQL, which then starts on them.

Tried with MySQL 9.7 under Vitess 24: the donor goes on serving, the other's mysqld_safe starts it again by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from vitessctl.errors import NotReadyError
from vitessctl.model.gtid import parse_gtid_set
from vitessctl.run.clock import Clock
from vitessctl.run.context import Context
from vitessctl.vtctld.errors import RefusedError, SqlError, VtctldError
from vitessctl.vtctld.records import TabletRecord

USER = "vitessctl_clone"
INSTALLED = "select plugin_status from information_schema.plugins where plugin_name = 'clone'"
LONGEST_SECONDS = 24 * 3600.0
"""How long a copy may take."""
FOLLOW_SECONDS = 30.0
"""How long the donor may take to know the user that was made on the primary."""
PAUSE = 0.3


def clone(context: Context, primary: str, donor: TabletRecord, alias: str, clock: Clock) -> None:
    """Fill a tablet's MySQL with the donor's data. Returns when it has them, or its MySQL has gone to start on them."""
    with _user(context, primary) as password:
        _wait_for_user(context, primary, donor.alias, clock)
        _install(context, donor.alias)
        _install(context, alias)
        where = f"{donor.mysql_hostname}:{donor.mysql_port}"
        _write_here(context, alias, f"set global clone_valid_donor_list = '{where}'")
        context.acted("rebuild", f"{alias} clones {donor.alias}", True)
        order = f"clone instance from '{USER}'@'{donor.mysql_hostname}':{donor.mysql_port} identified by '{password}'"
        try:
            _write_here(context, alias, order, LONGEST_SECONDS)
        except SqlError as error:
            if error.errno not in RESTARTING:
                raise


RESTARTING = (2006, 2013, 3707)
"""How a clone that has come to its end may be answered: the connection went away with the server that starts again
(3707 where nobody but our supervisor starts it)."""


@contextmanager
def _user(context: Context, primary: str) -> Iterator[str]:
    """A MySQL user who may copy, on all tablets for as long as it takes; gives the password."""
    password = secrets.token_urlsafe(24)
    vtctld = context.vtctld
    for statement in (
        f"drop user if exists '{USER}'@'%'",
        f"create user '{USER}'@'%' identified by '{password}'",
        f"grant backup_admin on *.* to '{USER}'@'%'",
    ):
        vtctld.fetch_as_dba(primary, statement)
    try:
        yield password
    finally:
        with suppress(VtctldError):  # what went wrong before matters more; the next rebuild drops it too
            vtctld.fetch_as_dba(primary, f"drop user if exists '{USER}'@'%'")


def _wait_for_user(context: Context, primary: str, donor: str, clock: Clock) -> None:
    if donor == primary:
        return
    goal = parse_gtid_set(context.vtctld.full_status(primary).position)
    limit = clock.now() + FOLLOW_SECONDS
    while not parse_gtid_set(context.vtctld.full_status(donor).position).contains(goal):
        if clock.now() > limit:
            raise NotReadyError(f"{donor} does not follow {primary}, so nothing was copied from it", where=donor)
        clock.pause(PAUSE, context.cancelled)


def _install(context: Context, alias: str) -> None:
    """Load the plugin; RefusedError where this MySQL comes without it."""
    if context.vtctld.fetch_as_dba(alias, INSTALLED).rows:
        return
    try:
        _write_here(context, alias, "install plugin clone soname 'mysql_clone.so'")
    except SqlError as error:
        raise RefusedError(
            f"the MySQL of {alias} does not load its clone plugin",
            where=alias,
            why=error.why,
            fix="use an image of MySQL that has mysql_clone.so, or restore the tablet from a backup by hand",
        ) from error


def _write_here(context: Context, alias: str, statement: str, seconds: float = 15.0) -> None:
    """Run something that is written into this server alone, and that super_read_only forbids."""
    vtctld = context.vtctld
    read_only = vtctld.full_status(alias).super_read_only
    if read_only:
        vtctld.fetch_as_dba(alias, "set global super_read_only = 0")
    try:
        vtctld.fetch_as_dba(alias, statement, seconds=seconds)
    finally:
        if read_only:
            with suppress(VtctldError):  # one that starts again is read-only by itself
                vtctld.fetch_as_dba(alias, "set global super_read_only = 1")
