"""A tablet's MySQL asked by queries, in place of GetFullStatus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from vitessctl.vtctld.errors import RefusedError
from vitessctl.vtctld.legacy import mysql
from vitessctl.vtctld.legacy.first import prove_empty
from vitessctl.vtctld.records import QueryResult, ReplicationStatus

UUID = "8bc65c84-3fe4-11ed-a912-257f0fcdd6c9"
VARIABLES: dict[str, str | None] = {
    "read_only": "OFF",
    "rpl_semi_sync_master_enabled": "ON",
    "rpl_semi_sync_slave_enabled": "OFF",
    "server_uuid": UUID,
    "super_read_only": "OFF",
    "version": "5.7.31-log",
}
SLAVE: dict[str, str | None] = {
    "Slave_IO_State": "Waiting for master to send event",
    "Master_Host": "10.0.0.1",
    "Master_Port": "17100",
    "Slave_IO_Running": "Yes",
    "Slave_SQL_Running": "Yes",
    "Seconds_Behind_Master": "3",
    "Last_IO_Error": "",
    "Last_SQL_Error": "",
    "Retrieved_Gtid_Set": f"{UUID}:2-7",
    "Executed_Gtid_Set": f"{UUID}:1-5",
}


def named(values: dict[str, str | None]) -> QueryResult:
    return QueryResult(("Variable_name", "Value"), tuple(values.items()))


def one_row(values: dict[str, str | None]) -> QueryResult:
    return QueryResult(tuple(values), (tuple(values.values()),))


def server(**changes: Any) -> Callable[[str], QueryResult]:
    """A MySQL that answers just the queries that a status needs."""
    answers = {
        mysql.VARIABLES: named(VARIABLES | changes.get("variables", {})),
        mysql.POSITIONS: QueryResult(
            ("gtid_executed", "gtid_purged"), ((changes.get("executed", f"{UUID}:1-5"), f"{UUID}:1-2"),)
        ),
        mysql.REPLICATION: changes.get("replication", QueryResult((), ())),
        mysql.SEMI_SYNC: named(changes.get("status", {"Rpl_semi_sync_master_clients": "1"})),
    }
    return lambda query: answers[query]


def test_a_primary_of_5_7() -> None:
    status = mysql.full_status("zone1-0000000100", server())
    assert (status.alias, status.server_uuid, status.version) == ("zone1-0000000100", UUID, "5.7.31-log")
    assert (status.read_only, status.super_read_only) == (False, False)
    assert (status.position, status.gtid_purged) == (f"{UUID}:1-5", f"{UUID}:1-2")
    assert (status.semi_sync_primary_enabled, status.semi_sync_replica_enabled) == (True, False)
    assert not status.semi_sync_blocked
    assert status.replication is None


def test_a_replica_of_5_6_which_knows_no_super_read_only_and_has_no_semi_sync() -> None:
    variables = dict.fromkeys(VARIABLES) | {"version": "5.6.49-log", "server_uuid": UUID, "read_only": "ON"}
    status = mysql.full_status("zone1-0000000101", server(variables=variables, replication=one_row(SLAVE)))
    assert (status.read_only, status.super_read_only, status.semi_sync_primary_enabled) == (True, False, False)
    assert status.replication == ReplicationStatus(
        "10.0.0.1", 17100, True, True, 3, "", "", f"{UUID}:1-5", f"{UUID}:2-7"
    )


def test_the_new_names_of_8_0_26_count_too() -> None:
    variables = {
        "rpl_semi_sync_master_enabled": None,
        "rpl_semi_sync_source_enabled": "ON",
        "rpl_semi_sync_replica_enabled": "ON",
    }
    status = {"Rpl_semi_sync_source_clients": "0", "Rpl_semi_sync_source_wait_sessions": "1"}
    found = mysql.full_status("zone1-0000000100", server(variables=variables, status=status))
    assert found.semi_sync_primary_enabled
    assert found.semi_sync_replica_enabled
    assert found.semi_sync_blocked


@pytest.mark.parametrize(("waiting", "clients", "blocked"), [("1", "0", True), ("1", "1", False), ("0", "0", False)])
def test_writes_are_blocked_when_one_waits_and_nobody_can_acknowledge(
    waiting: str, clients: str, blocked: bool
) -> None:
    status = {"Rpl_semi_sync_master_wait_sessions": waiting, "Rpl_semi_sync_master_clients": clients}
    assert mysql.full_status("zone1-0000000100", server(status=status)).semi_sync_blocked is blocked


def test_a_long_gtid_set_is_one_text() -> None:
    executed = f"{UUID}:1-5,\n{UUID[::-1]}:1"
    assert mysql.full_status("zone1-0000000100", server(executed=executed)).position == (f"{UUID}:1-5,{UUID[::-1]}:1")


@pytest.mark.parametrize(
    ("changes", "io", "sql", "lag"),
    [
        ({"Slave_IO_Running": "Connecting"}, False, True, None),
        ({"Slave_SQL_Running": "No"}, True, False, None),
        ({"Seconds_Behind_Master": None}, True, True, None),
        ({"Seconds_Behind_Master": "0"}, True, True, 0),
    ],
)
def test_lag_is_known_only_while_both_threads_run(
    changes: dict[str, str | None], io: bool, sql: bool, lag: int | None
) -> None:
    status = mysql.replication_status(one_row(SLAVE | changes))
    assert status is not None
    assert (status.io_running, status.sql_running, status.lag_seconds) == (io, sql, lag)


def test_errors_of_replication_are_given_as_mysql_says_them() -> None:
    status = mysql.replication_status(one_row(SLAVE | {"Last_IO_Error": "error connecting", "Last_SQL_Error": None}))
    assert status is not None
    assert (status.io_error, status.sql_error) == ("error connecting", "")


def test_reset_slave_leaves_a_row_without_a_source() -> None:
    assert mysql.replication_status(one_row(SLAVE | {"Master_Host": ""})) is None


def test_mariadb_is_refused_before_it_is_asked_what_it_does_not_know() -> None:
    def answer(query: str) -> QueryResult:
        assert query == mysql.VARIABLES
        return named({"version": "10.3.7-MariaDB-log", "read_only": "OFF"})

    with pytest.raises(RefusedError, match="zone1-0000000100 runs MariaDB") as caught:
        mysql.full_status("zone1-0000000100", answer)
    assert "10.3.7-MariaDB-log" in caught.value.why


def test_all_tablets_are_asked_before_anything_is_said() -> None:
    asked = []

    def answer(alias: str, query: str) -> QueryResult:
        asked.append((alias, query))
        return QueryResult(("t",), (("vt_a.t",), ("vt_a.u",)) if alias.endswith("1") else ())

    with pytest.raises(RefusedError) as caught:
        prove_empty("a/0", ["zone1-1", "zone1-2", "zone1-0"], answer)
    assert asked == [(alias, mysql.OWN_TABLES) for alias in ("zone1-0", "zone1-1", "zone1-2")]
    assert caught.value.evidence == ("zone1-1 has vt_a.t, vt_a.u",)


def test_empty_tablets_prove_it() -> None:
    prove_empty("a/0", ["zone1-1"], lambda alias, query: QueryResult(("t",), ()))
