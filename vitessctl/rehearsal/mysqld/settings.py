"""SET, and SELECT of nothing but variables; both by pattern, so that no SQL parser is loaded for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from vitessctl.rehearsal.mysqld import variables
from vitessctl.rehearsal.mysqld.config import is_on
from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.mysqld.resultset import Output, affected, result
from vitessctl.rehearsal.tablet_rpc import QueryResult

if TYPE_CHECKING:
    from vitessctl.rehearsal.mysqld.session import Session

_ASSIGNMENT: Final = re.compile(
    r"(?:(?P<scope>global|session|local|persist)\s+|@@(?:(?P<at_scope>global|session|local|persist)\.)?|(?P<user>@))?"
    r"`?(?P<name>\w+)`?\s*:?=\s*(?P<value>'(?:[^'\\]|\\.|'')*'|\"[^\"]*\"|[^,]+?)\s*(?:,|$)",
    re.IGNORECASE | re.DOTALL,
)
_VARIABLE: Final = re.compile(
    r"@@(?:(?P<scope>global|session|local)\.)?`?(?P<name>\w+)`?(?:\s+(?:as\s+)?[`'\"]?(?P<alias>\w+)[`'\"]?)?",
    re.IGNORECASE,
)
_IGNORED: Final = re.compile(
    r"set\s+(?:names|character\s+set|charset|transaction|(?:session|global)\s+transaction)\b", re.I
)


def change_settings(session: Session, sql: str) -> QueryResult:
    """SET of system, session and user variables. MySqlError 1193, 1064."""
    if _IGNORED.match(sql):
        return affected(0)
    body = re.sub(r"^set\s+", "", sql, flags=re.IGNORECASE).strip()
    place = 0
    while place < len(body):
        match = _ASSIGNMENT.match(body, place)
        if match is None:
            raise MySqlError(1064, body[place:])
        _assign(session, match)
        place = match.end()
        place += len(body[place:]) - len(body[place:].lstrip())
    return affected(0)


def _assign(session: Session, match: re.Match[str]) -> None:
    name, value = match["name"].lower(), _plain(match["value"])
    scope = (match["scope"] or match["at_scope"] or "").lower()
    if match["user"] and match["value"].lower() == "null":
        session.state.variables.pop(name, None)
    elif match["user"]:
        session.state.variables[name] = value
    elif scope in {"global", "persist"}:
        variables.set_global(session.server, name, value)
    elif name == "sql_log_bin":
        session.logged = is_on(value)
    elif name == "autocommit" and not is_on(value):
        session.in_transaction = True
    else:
        variables.value_of(session.server, name, session.state.variables)
        session.state.variables[name] = {"1": "ON", "0": "OFF"}.get(value, value)


def _plain(value: str) -> str:
    value = value.strip()
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1].replace("''", "'") if quoted else value


def select_variables(session: Session, sql: str) -> QueryResult | None:
    """The answer to SELECT 1 or to a SELECT of @@variables; None for anything else. MySqlError 1193."""
    match = re.fullmatch(r"select\s+(.*?)(?:\s+limit\s+1)?", sql, re.IGNORECASE | re.DOTALL)
    body = match[1].strip() if match else ""
    if re.fullmatch(r"\d{1,9}", body):
        return result([Output(body, "INT64")], [[int(body)]])
    items = [item.strip() for item in body.split(",")]
    found = [_VARIABLE.fullmatch(item) for item in items]
    outputs: list[Output] = []
    row: list[str] = []
    for item, variable in zip(items, found, strict=True):
        if variable is None:
            return None
        own = {} if (variable["scope"] or "").lower() == "global" else session.state.variables
        name = variable["name"]
        value = variables.selected(name, variables.value_of(session.server, name, own))
        outputs.append(Output(variable["alias"] or item, "INT64" if value.isdigit() else "VARCHAR"))
        row.append(value)
    return result(outputs, [row])
