"""Statements that vtgate answers itself: settings, SHOW of Vitess's own, and what clients ask when they connect."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from vitessctl.rehearsal.tablet_rpc import Field, QueryResult
from vitessctl.rehearsal.vtgate.failures import GateError
from vitessctl.rehearsal.vtgate.health import Health
from vitessctl.rehearsal.vtgate.target import PRIMARY
from vitessctl.rehearsal.vtgate.vschema import Catalogue
from vitessctl.releases import Release

if TYPE_CHECKING:
    from vitessctl.rehearsal.vtgate.executor import Executor

VERSIONS: Final = (
    ("..4", "5.5.10-Vitess"),
    ("5..15", "5.7.9-Vitess"),
    ("16..21", "8.0.30-Vitess"),
    ("22", "8.0.40-Vitess"),
    ("23..", "8.4.6-Vitess"),
)
"""What vtgate says to be, whatever MySQL stands behind it."""
SETS_NAMES: Final = "2.2.."
"""Before that SET NAMES, with which most clients begin, is a syntax error."""
TERM_COLUMNS: Final = (("..6", ""), ("7..11", "MasterTermStartTime"), ("12..", "PrimaryTermStartTime"))
_INTEGER = re.compile(r"^select\s+(-?\d+)(?:\s+from\s+dual)?$", re.IGNORECASE)
_VARIABLE = re.compile(r"@@(?:session\.|global\.)?(\w+)", re.IGNORECASE)
_ONLY_OWN = re.compile(
    r"^select\s+(?:(?:@@[\w.]+|database\(\)|schema\(\)|last_insert_id\(\)|connection_id\(\)|user\(\)|version\(\))"
    r"(?:\s+as\s+\w+|\s+(?!limit\b|from\b)\w+)?\s*,?\s*)+(?:\s*limit\s+1)?$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(@@[\w.]+|\w+\(\))(?:\s+(?:as\s+)?(\w+))?", re.IGNORECASE)
_VARIABLES = {
    "version_comment": "REHEARSAL of vtgate: a stand-in, not Vitess",
    "max_allowed_packet": "67108864",
    "sql_mode": "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES",
    "transaction_isolation": "REPEATABLE-READ",
    "tx_isolation": "REPEATABLE-READ",
    "lower_case_table_names": "0",
    "character_set_client": "utf8mb4",
    "collation_connection": "utf8mb4_0900_ai_ci",
    "time_zone": "SYSTEM",
    "system_time_zone": "UTC",
    "wait_timeout": "28800",
    "interactive_timeout": "28800",
    "auto_increment_increment": "1",
    "license": "Apache-2.0",
}


class Own:
    """Answers of one session."""

    def __init__(self, health: Health, catalogue: Catalogue, session: Executor, release: Release) -> None:
        self._release = release
        self._variables = {"version": version(release), **_VARIABLES}
        self._health = health
        self._catalogue = catalogue
        self._session = session
        self._shows: dict[str, Callable[[], QueryResult]] = {
            "databases": self._databases,
            "schemas": self._databases,
            "keyspaces": self._databases,
            "vitess_keyspaces": self._databases,
            "vitess_shards": self._shards,
            "vitess_tablets": self._tablets,
            "vitess_replication_status": self._replication_status,
            "warnings": lambda: table(["Level", "Code", "Message"], []),
            "engines": lambda: table(["Engine", "Support"], [["InnoDB", "DEFAULT"]]),
        }

    def answer(self, word: str, sql: str) -> QueryResult | None:
        """The answer, None for what a tablet must answer."""
        if not word:
            raise GateError("Query was empty", 1065, "42000")
        if word == "use":
            self._session.use(sql.split(None, 1)[1].strip())
            return table([], [])
        if word == "set":
            return self._set(sql)
        if word == "show":
            return self._show(sql)
        if word == "select":
            return self._select(sql)
        return None

    def _set(self, sql: str) -> QueryResult:
        names = re.match(r"set\s+names\b", sql, re.IGNORECASE)
        if names and not self._release.within(SETS_NAMES):
            raise GateError(f"syntax error at position {names.end() + 2} near 'names'", 1105)
        match = re.search(r"\bautocommit\s*:?=\s*'?(\w+)", sql, re.IGNORECASE)
        if match:
            self._session.autocommit = match[1].lower() in ("1", "on", "true")
        return table([], [])

    def _need_dual(self) -> None:
        """Until 6 no keyspace has the table `dual`, so that vtgate has to be told, or to have only one."""
        if not (
            self._release.dual_in_every_keyspace or self._session.target.keyspace or len(self._catalogue.names()) == 1
        ):
            raise GateError("vtgate: table dual not found", 1105)

    def _show(self, sql: str) -> QueryResult | None:
        words = sql.lower().split()[1:]
        if words and words[0] in ("session", "global"):
            words = words[1:]
        if not words:
            return None
        if words[0] in ("variables", "status", "collation", "charset", "character"):
            pattern = re.search(r"like\s+'([^']*)'", sql, re.IGNORECASE)
            wanted = re.compile(pattern[1].replace("%", ".*").replace("_", ".") if pattern else ".*", re.IGNORECASE)
            rows = [[name, value] for name, value in self._variables.items() if wanted.fullmatch(name)]
            return table(["Variable_name", "Value"], rows if words[0] == "variables" else [])
        show = self._shows.get(words[0])
        return show() if show else None

    def _databases(self) -> QueryResult:
        names = [*self._catalogue.names(), "information_schema", "mysql", "sys", "performance_schema"]
        return table(["Database"], [[name] for name in names])

    def _shards(self) -> QueryResult:
        keyspaces = (self._catalogue.keyspace(name) for name in self._catalogue.names())
        return table(["Shards"], [[f"{keyspace.name}/{shard}"] for keyspace in keyspaces for shard in keyspace.shards])

    def _tablets(self) -> QueryResult:
        """A tablet that died stays listed as it last was, as with Vitess 24: no one may take this for a check."""
        last = next(name for range_, name in TERM_COLUMNS if self._release.within(range_))
        header = ["Cell", "Keyspace", "Shard", "TabletType", "State", "Alias", "Hostname", *([last] if last else [])]
        rows: list[list[str]] = []
        for seen in self._health.listed():
            report = seen.report
            state = "SERVING" if report["serving"] else "NOT_SERVING"
            term = (
                time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(report["term_start"])) if report["term_start"] else ""
            )
            cell = report["alias"].rpartition("-")[0]
            kind = self._release.primary_type if report["type"] == PRIMARY else report["type"]
            place = [cell, report["keyspace"], report["shard"], kind.upper()]
            rows.append([*place, state, report["alias"], seen.hostname, *([term] if last else [])])
        return table(header, rows)

    def _replication_status(self) -> QueryResult:
        """Says that everybody replicates, whoever is dead: so it does with Vitess 24."""
        header = ["Keyspace", "Shard", "TabletType", "Alias", "Hostname", "ReplicationSource", "ReplicationHealth"]
        rows = []
        for seen in self._health.listed():
            report = seen.report
            if report["type"] != "primary":
                health = '{"EventStreamRunning":"Yes","EventApplierRunning":"Yes","LastError":""}'
                place = [report["keyspace"], report["shard"], report["type"].upper(), report["alias"]]
                rows.append([*place, seen.hostname, "", health])
        return table(header, rows)

    def _select(self, sql: str) -> QueryResult | None:
        number = _INTEGER.match(sql)
        if number:
            self._need_dual()
            return table([number[1]], [[number[1]]], "INT64")
        if not _ONLY_OWN.match(sql):
            return None
        items = _ITEM.findall(re.sub(r"(?i)\s*limit\s+1$", "", sql)[6:])
        return table([alias or item for item, alias in items], [[self._value(item.lower()) for item, _ in items]])

    def _value(self, item: str) -> str | None:
        session = self._session
        own = {
            "database()": session.target.keyspace or None,
            "schema()": session.target.keyspace or None,
            "last_insert_id()": str(session.last_insert_id),
            "version()": self._variables["version"],
            "user()": "rehearsal@localhost",
            "connection_id()": "1",
            "@@autocommit": str(int(session.autocommit)),
        }
        if item in own:
            return own[item]
        match = _VARIABLE.match(item)
        name = match[1] if match else item
        if name == "autocommit":
            return own["@@autocommit"]
        if name not in self._variables:
            raise GateError(f"Unknown system variable '{name}'", 1193)
        return self._variables[name]


def version(release: Release) -> str:
    """The version that clients see."""
    return next(text for range_, text in VERSIONS if release.within(range_))


def table(names: Sequence[str], rows: Sequence[Sequence[str | None]], kind: str = "VARCHAR") -> QueryResult:
    """A result made here."""
    return QueryResult(
        fields=[_field(name, kind) for name in names], rows=[list(row) for row in rows], rows_affected=0, insert_id=0
    )


def _field(name: str, kind: str) -> Field:
    return Field(
        name=name, type=kind, table="", org_table="", database="", org_name=name,
        column_length=0, charset=255, decimals=0, flags=0,
    )  # fmt: skip
