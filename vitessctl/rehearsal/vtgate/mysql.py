"""The MySQL protocol, by mysql-mimic; statements run in threads, as tablets may keep them waiting."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

from mysql_mimic import IdentityProvider, MysqlServer, ResultColumn, ResultSet, User
from mysql_mimic import errors as mimic_errors
from mysql_mimic.auth import NativePasswordAuthPlugin
from mysql_mimic.session import BaseSession
from mysql_mimic.types import ColumnType, ServerStatus
from mysql_mimic.variables import GlobalVariables, SessionVariables

from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.vtgate.executor import Executor
from vitessctl.rehearsal.vtgate.failures import GateError
from vitessctl.rehearsal.vtgate.own import version

TYPES = {
    "INT8": ColumnType.LONG, "UINT8": ColumnType.LONG, "INT16": ColumnType.LONG, "INT24": ColumnType.LONG,
    "INT32": ColumnType.LONG, "UINT32": ColumnType.LONGLONG, "INT64": ColumnType.LONGLONG,
    "UINT64": ColumnType.LONGLONG, "YEAR": ColumnType.YEAR, "FLOAT32": ColumnType.DOUBLE,
    "FLOAT64": ColumnType.DOUBLE, "DECIMAL": ColumnType.NEWDECIMAL, "DATE": ColumnType.DATE, "TIME": ColumnType.TIME,
    "DATETIME": ColumnType.DATETIME, "TIMESTAMP": ColumnType.TIMESTAMP, "BLOB": ColumnType.BLOB,
    "VARBINARY": ColumnType.BLOB, "BINARY": ColumnType.BLOB, "JSON": ColumnType.JSON,
}  # fmt: skip
"""How a tablet's types look to clients; all others are text."""
_STATES = mimic_errors.SQLSTATES


class Session(BaseSession):  # type: ignore[misc]  # mysql-mimic's classes count as untyped here
    """One connection."""

    def __init__(self, executor: Executor, threads: ThreadPoolExecutor) -> None:
        self.variables = SessionVariables(GlobalVariables())
        self.variables.set("version", version(executor.release), force=True)
        self.username: str | None = None
        self.database: str | None = None
        self._executor = executor
        self._threads = threads
        self._connection: Any = None
        self._affected = (0, 0)

    async def init(self, connection: Any) -> None:
        """The client is in: its OK packets carry what the last statement did, and its database is chosen."""
        self._connection = connection
        plain = connection.ok

        def ok(**more: Any) -> bytes:
            rows, insert_id = self._affected
            return cast(bytes, plain(**{"affected_rows": rows, "last_insert_id": insert_id, **more}))

        connection.ok = ok
        self._show_status()
        if self.database:
            await self._run(self._executor.use, self.database)

    async def handle_query(self, sql: str, attrs: Mapping[str, str]) -> ResultSet:
        """Run a statement."""
        result = await self._run(self._executor.execute, sql)
        self._affected = (result["rows_affected"], result["insert_id"])
        self._show_status()
        columns = [
            ResultColumn(field["name"], TYPES.get(field["type"], ColumnType.VAR_STRING)) for field in result["fields"]
        ]
        return ResultSet(rows=[_bytes(row) for row in result["rows"]], columns=columns)

    async def use(self, database: str) -> None:
        """USE, as clients send it when they connect."""
        await self._run(self._executor.use, database)

    async def reset(self) -> None:
        """COM_RESET_CONNECTION."""
        await self._run(self._executor.close)

    async def close(self) -> None:
        """The client went away."""
        await self._run(self._executor.close)

    async def _run(self, function: Callable[..., Any], *arguments: str) -> Any:
        self._affected = (0, 0)
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, function, *arguments)
        except GateError as error:
            _STATES.setdefault(error.number, error.state.encode())
            raise mimic_errors.MysqlError(error.text, error.number) from None

    def _show_status(self) -> None:
        flags = ServerStatus(0)
        if self._executor.autocommit:
            flags |= ServerStatus.SERVER_STATUS_AUTOCOMMIT
        if self._executor.in_transaction and self._executor.autocommit:
            flags |= ServerStatus.SERVER_STATUS_IN_TRANS
        self._connection.status_flags = flags


def _bytes(row: Sequence[str | None]) -> list[bytes | None]:
    return [None if value is None else value.encode("utf-8", "surrogateescape") for value in row]


class StaticUsers(IdentityProvider):  # type: ignore[misc]
    """--mysql-auth-server-impl=static: names and passwords from a file."""

    def __init__(self, path: str) -> None:
        self._passwords = read_users(path)

    def get_plugins(self) -> Sequence[NativePasswordAuthPlugin]:
        """Only mysql_native_password, as vtgate offers by default."""
        return [NativePasswordAuthPlugin()]

    async def get_user(self, username: str) -> User | None:
        """A user of the file. Unknown ones get a password that nobody has, so that both refusals look alike."""
        password = self._passwords.get(username)
        scrambled = NativePasswordAuthPlugin.create_auth_string(password) if password is not None else "0" * 40
        return User(name=username, auth_string=scrambled, auth_plugin=NativePasswordAuthPlugin.name)


def read_users(path: str) -> dict[str, str]:
    """Passwords by user: `{"app": [{"Password": "x"}]}`, without the list in release 2.1. StartError if unreadable."""
    try:
        entries: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StartError(f"Failed to read mysql_auth_server_static_file file: {error}") from None
    first = {name: entry[0] if isinstance(entry, list) else entry for name, entry in entries.items()}
    return {name: str(entry.get("Password", "")) for name, entry in first.items()}


async def serve(host: str, port: int, new_executor: Callable[[], Executor], users: StaticUsers | None) -> None:
    """Serve until cancelled. StartError in Go's words if the port is taken."""
    from vitessctl.rehearsal.servenv.web import listen_error

    threads = ThreadPoolExecutor(64, thread_name_prefix="statement")
    server = MysqlServer(session_factory=lambda: Session(new_executor(), threads), identity_provider=users)
    try:
        await server.start_server(host=host or "0.0.0.0", port=port)
    except OSError as error:
        raise StartError(f"servenv.Listen failed: {listen_error(host, port, error)}") from None
    await server.serve_forever()
