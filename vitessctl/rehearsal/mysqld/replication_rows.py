"""Replication as SHOW REPLICA STATUS and its relatives tell it, column for column as MySQL does."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from vitessctl.rehearsal.mysqld.resultset import Output, result, strings
from vitessctl.rehearsal.mysqld.series import named
from vitessctl.rehearsal.storage import binlog
from vitessctl.rehearsal.tablet_rpc import IO_CONNECTING, IO_RUNNING, QueryResult

if TYPE_CHECKING:
    from vitessctl.rehearsal.mysqld.state import ServerState

_NUMBER_TEXT: Final = """
Source_Port Connect_Retry Read_Source_Log_Pos Relay_Log_Pos Last_Errno Skip_Counter Exec_Source_Log_Pos Relay_Log_Space
Until_Log_Pos Seconds_Behind_Source Last_IO_Errno Last_SQL_Errno Source_Server_Id SQL_Delay SQL_Remaining_Delay
Source_Retry_Count Auto_Position Get_Source_public_key
"""
_COLUMN_TEXT: Final = """
Replica_IO_State Source_Host Source_User Source_Port Connect_Retry Source_Log_File Read_Source_Log_Pos Relay_Log_File
Relay_Log_Pos Relay_Source_Log_File Replica_IO_Running Replica_SQL_Running Replicate_Do_DB Replicate_Ignore_DB
Replicate_Do_Table Replicate_Ignore_Table Replicate_Wild_Do_Table Replicate_Wild_Ignore_Table Last_Errno Last_Error
Skip_Counter Exec_Source_Log_Pos Relay_Log_Space Until_Condition Until_Log_File Until_Log_Pos Source_SSL_Allowed
Source_SSL_CA_File Source_SSL_CA_Path Source_SSL_Cert Source_SSL_Cipher Source_SSL_Key Seconds_Behind_Source
Source_SSL_Verify_Server_Cert Last_IO_Errno Last_IO_Error Last_SQL_Errno Last_SQL_Error Replicate_Ignore_Server_Ids
Source_Server_Id Source_UUID Source_Info_File SQL_Delay SQL_Remaining_Delay Replica_SQL_Running_State Source_Retry_Count
Source_Bind Last_IO_Error_Timestamp Last_SQL_Error_Timestamp Source_SSL_Crl Source_SSL_Crlpath Retrieved_Gtid_Set
Executed_Gtid_Set Auto_Position Replicate_Rewrite_DB Channel_Name Source_TLS_Version Source_public_key_path
Get_Source_public_key Network_Namespace
"""
_NUMBERS: Final = frozenset(_NUMBER_TEXT.split())
COLUMNS: Final = tuple(_COLUMN_TEXT.split())
"""MySQL 8.4's, in its order."""
_IO_WORDS: Final = {IO_RUNNING: "Yes", IO_CONNECTING: "Connecting"}
_STILL = "Replica has read all relay log; waiting for more updates"


def replica_status(server: ServerState) -> QueryResult:
    """SHOW REPLICA STATUS: one row, or none on a server without a source."""
    outputs = [Output(named(name), "UINT64" if name in _NUMBERS else "VARCHAR") for name in COLUMNS]
    row = _row(server)
    return result(outputs, [] if row is None else [[row.get(name, "") for name in COLUMNS]])


def _row(server: ServerState) -> Mapping[str, Any] | None:
    source, progress = server.replica.source, server.replica.progress
    if source is None:
        return None
    file, _, place = progress.file_position.partition(":")
    running = progress.io_state == IO_RUNNING
    states = {
        IO_RUNNING: "Waiting for source to send event",
        IO_CONNECTING: "Reconnecting after a failed source event read",
    }
    return dict.fromkeys(_NUMBERS, 0) | {
        "Replica_IO_State": states.get(progress.io_state, ""),
        "Source_Host": source.host,
        "Source_User": source.user,
        "Source_Port": source.port,
        "Connect_Retry": 10,
        "Source_Log_File": file,
        "Read_Source_Log_Pos": int(place or 4),
        "Relay_Log_File": f"{server.config.log_name.replace('-bin', '-relay-bin')}.000001",
        "Relay_Log_Pos": int(place or 4),
        "Relay_Source_Log_File": file,
        "Replica_IO_Running": _IO_WORDS.get(progress.io_state, "No"),
        "Replica_SQL_Running": "Yes" if progress.sql_state == IO_RUNNING else "No",
        "Last_Errno": progress.sql_errno,
        "Last_Error": progress.sql_error,
        "Exec_Source_Log_Pos": int(place or 0),
        "Until_Condition": "None",
        "Source_SSL_Allowed": "Yes",
        "Seconds_Behind_Source": progress.behind if running else None,
        "Source_SSL_Verify_Server_Cert": "No",
        "Last_IO_Errno": progress.io_errno,
        "Last_IO_Error": progress.io_error,
        "Last_SQL_Errno": progress.sql_errno,
        "Last_SQL_Error": progress.sql_error,
        "Source_Server_Id": progress.source_server_id,
        "Source_UUID": progress.source_uuid,
        "Source_Info_File": "mysql.slave_master_info",
        "SQL_Remaining_Delay": None,
        "Replica_SQL_Running_State": _STILL if progress.sql_state == IO_RUNNING else "",
        "Source_Retry_Count": 10,
        "Last_IO_Error_Timestamp": _stamp(progress.io_error_time),
        "Retrieved_Gtid_Set": str(progress.retrieved),
        "Executed_Gtid_Set": str(server.engine.executed),
        "Auto_Position": 1,
    }


def _stamp(moment: float) -> str:
    return time.strftime("%y%m%d %H:%M:%S", time.localtime(moment)) if moment else ""


def binary_log_status(server: ServerState) -> QueryResult:
    """SHOW BINARY LOG STATUS."""
    file, _, place = server.file_position.partition(":")
    headings = ["File", "Position", "Binlog_Do_DB", "Binlog_Ignore_DB", "Executed_Gtid_Set"]
    return strings(headings, [[file, place, "", "", str(server.engine.executed)]])


def binary_logs(server: ServerState) -> QueryResult:
    """SHOW BINARY LOGS: the files that still hold something, and the one being written."""
    with server.engine.read() as link:
        sizes = binlog.file_sizes(link.sqlite)
    sizes.setdefault(server.engine.binlog_file, 0)
    rows = [[f"{server.config.log_name}.{file:06d}", 158 + size, "No"] for file, size in sorted(sizes.items())]
    return strings(["Log_name", "File_size", "Encrypted"], rows)
