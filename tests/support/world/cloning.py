"""MySQL's clone plugin in a world: what it wants before, what it copies, and how it ends. As MySQL 9.7 was tried."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from vitessctl.vtctld.records import QueryResult

if TYPE_CHECKING:
    from tests.support.world.mysql import Mysqld
    from tests.support.world.world import World

NOTHING = QueryResult((), ())
READ_ONLY = "The MySQL server is running with the --super-read-only option (errno 1290) (sqlstate HY000)"
ORDER = re.compile(r"clone instance from '(\w+)'@'([\w.]+)':(\d+) identified by '(\S+)'")


def run(world: World, mysqld: Mysqld, query: str, refuse: Callable[[str], None]) -> QueryResult | None:
    """What a statement about cloning does; None for any other. `refuse` raises what MySQL would say."""
    if query.startswith("select plugin_status"):
        rows = (("ACTIVE",),) if mysqld.clones else ()
        return QueryResult(("plugin_status",), rows)
    if query.startswith("set global super_read_only"):
        mysqld.super_read_only = query.endswith("1")
    elif query.startswith("install plugin clone"):
        _install(mysqld, refuse)
    elif found := re.match(r"(drop user if exists|create user|grant backup_admin on \*\.\* to) '(\w+)'@'%'", query):
        _user(world, mysqld, found[1], query, refuse)
    elif query.startswith("set global clone_valid_donor_list = "):
        if not mysqld.clones:
            refuse("Unknown system variable 'clone_valid_donor_list' (errno 1193) (sqlstate HY000)")
        mysqld.donors = query.split("'")[1]
    elif found := ORDER.fullmatch(query):
        _clone(world, mysqld, f"{found[2]}:{found[3]}", found[4], refuse)
    else:
        return None
    return NOTHING


def _install(mysqld: Mysqld, refuse: Callable[[str], None]) -> None:
    if mysqld.read_only and mysqld.super_read_only:
        refuse(READ_ONLY)
    if not mysqld.has_clone:
        refuse("Can't open shared library 'mysql_clone.so' (errno 1126) (sqlstate HY000)")
    mysqld.clones = True


def _user(world: World, mysqld: Mysqld, verb: str, query: str, refuse: Callable[[str], None]) -> None:
    """Users are rows: a transaction that every replica gets."""
    if mysqld.read_only:
        refuse(READ_ONLY)
    mysqld.write()
    if verb == "create user":
        world.clone_password = query.rpartition(" identified by ")[2].strip("'")
    elif verb.startswith("drop"):
        world.clone_password = ""
    world.settle()


def _clone(world: World, mysqld: Mysqld, where: str, password: str, refuse: Callable[[str], None]) -> None:
    donor = next(each for each in world.mysqlds.values() if where.endswith(f":{each.port}"))
    if mysqld.donors != where or not mysqld.clones or not donor.clones:
        refuse("Clone Donor Error: not prepared (errno 3862) (sqlstate HY000)")
    if not password or password != world.clone_password:
        refuse("Clone Donor Error: 1045 : Access denied (errno 3862) (sqlstate HY000)")
    world.advance(3.0)
    mysqld.executed, mysqld.purged = set(donor.executed), set(donor.executed)
    mysqld.source, mysqld.io_error = donor.source, ""
    mysqld.started()
