"""Which of MySQL's errors no wait mends, in the words of its versions."""

from __future__ import annotations

import pytest

from vitessctl.run.stages.replication import BLOCKED, LASTING, UNSAFE, WRITABLE

LASTS = [
    "Got fatal error 1236 from source when reading data from binary log: 'Cannot replicate because the source purged"
    " required binary logs.'",
    "Got fatal error 1236 from master when reading data from binary log: 'The slave is connecting using CHANGE MASTER"
    " TO MASTER_AUTO_POSITION = 1, but the master has purged binary logs'",
    "Could not execute Write_rows event on table vt_messages.notes; Duplicate entry '1' for key 'PRIMARY', Error_code:"
    " 1062; handler error HA_ERR_FOUND_DUPP_KEY; the event's master log vt-bin.000001, end_log_pos 1053",
    "Error 'Table 'notes' already exists' on query. Default database: 'vt_messages'. Query: 'create table"
    " notes (id int)'",
    "Coordinator stopped because there were error(s) in the worker(s). The most recent failure being: Worker 1 failed"
    " executing transaction '5c0d:7' at source log vt-bin.000002, end_log_pos 412.",
]
PASSES = [
    "error connecting to master 'vt_repl@127.0.0.1:15802' - retry-time: 10 retries: 1236",
    "Error reconnecting to source 'vt_repl@10.0.0.7:3306'. This was attempt 3/86400, with a delay of 10 seconds"
    " between attempts. Message: Can't connect to MySQL server on '10.0.0.7:3306' (111)",
    "replication is stopped",
    "copies from 127.0.0.1:11236, which is not the primary",
    BLOCKED, UNSAFE, WRITABLE,
]  # fmt: skip


@pytest.mark.parametrize("error", LASTS)
def test_what_lasts(error: str) -> None:
    assert LASTING.search(error)


@pytest.mark.parametrize("fault", PASSES)
def test_what_may_pass(fault: str) -> None:
    assert not LASTING.search(fault)
