"""From a CREATE TABLE to a Table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from vitessctl.schema.column import charset, has_charset, read_column
from vitessctl.schema.cursor import Cursor
from vitessctl.schema.expressions import expression
from vitessctl.schema.table import Check, Column, ForeignKey, Key, Table
from vitessctl.schema.tokens import Token, split, tokens_of, uncovered

_NAME = r"(?:`[^`]+`|[\w$]+)"
_CREATE_TABLE = re.compile(
    rf"^\s*create\s+table\s+(?:if\s+not\s+exists\s+)?(?:{_NAME}\s*\.\s*)?({_NAME})", re.IGNORECASE
)
_KEYS = {"PRIMARY": "primary", "UNIQUE": "unique", "FULLTEXT": "fulltext", "SPATIAL": "spatial"}
_KEY_WORDS = (*_KEYS, "KEY", "INDEX")
_OPTIONS = {"ENGINE": "engine", "CHARSET": "charset", "COLLATE": "collation", "COMMENT": "comment"}
_OPTIONS |= {"ROW_FORMAT": "row_format"}
_DOES_NOTHING = ("restrict", "no action")


class Unreadable(ValueError):
    """A CREATE TABLE that cannot be compared; says why."""


def table_of(statement: str) -> str:
    """The table that a CREATE TABLE makes, "" for any other statement."""
    match = _CREATE_TABLE.match(statement)
    return match[1].strip("`") if match else ""


def parse_table(statement: str) -> Table:
    """The table that a CREATE TABLE describes; Unreadable for what is none, or has no list of columns."""
    text = uncovered(statement)
    cursor = Cursor(tokens_of(statement))
    try:
        return _table(cursor, text)
    except ValueError as error:
        raise Unreadable(f"the table {table_of(statement) or statement[:40]} cannot be compared: {error}") from None


def _table(cursor: Cursor, text: str) -> Table:
    if not (cursor.accept("CREATE", "TABLE") or cursor.accept("CREATE", "TEMPORARY", "TABLE")):
        raise ValueError("it is no CREATE TABLE")
    cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.name()
    if cursor.more and cursor.here.text == ".":
        cursor.take()
        name = cursor.name()
    if not cursor.opens():
        raise ValueError("it has no list of columns")
    table = Table(name, ())
    for element in split(cursor.group()):
        table = _with_element(table, element, text)
    options, partitions = _options(cursor)
    return _finished(replace(table, options=options, partitions=partitions))


def _with_element(table: Table, element: Sequence[Token], text: str) -> Table:
    cursor = Cursor(element)
    written = text[cursor.here.start : element[-1].end]
    name = ""
    if cursor.accept("CONSTRAINT") and not cursor.sees("CHECK"):
        name = "" if cursor.here.word in (*_KEY_WORDS, "FOREIGN") else cursor.name()
    word = cursor.here.word
    if word == "FOREIGN":
        return replace(table, foreign_keys=(*table.foreign_keys, _foreign_key(cursor, name, written)))
    if word == "CHECK":
        return replace(table, checks=(*table.checks, _check(cursor, name, written)))
    if word in _KEY_WORDS:
        return replace(table, keys=(*table.keys, _key(cursor, name, written)))
    column, keys, checks = read_column(cursor, text)
    return replace(table, columns=(*table.columns, column), keys=(*table.keys, *keys), checks=(*table.checks, *checks))


def _key(cursor: Cursor, name: str, written: str) -> Key:
    kind = _KEYS.get(cursor.take().word, "index")
    _ = cursor.accept("KEY") or cursor.accept("INDEX")
    if not cursor.opens() and not cursor.sees("USING"):
        name = cursor.name()
    if cursor.accept("USING"):
        cursor.take()
    parts = tuple(_part(piece) for piece in split(cursor.group()))
    return Key(kind, "" if kind == "primary" else name, parts, written, _key_options(cursor))


def _part(tokens: Sequence[Token]) -> str:
    if tokens[0].text == "(":
        return f"({expression(tokens)})"
    words = [token.name.lower() for token in tokens]
    if words[-1] == "asc":
        words.pop()
    direction = " desc" if words[-1] == "desc" and len(words) > 1 else ""
    return "".join(words[:-1] if direction else words) + direction


def _key_options(cursor: Cursor) -> tuple[str, ...]:
    found = []
    while cursor.more:
        word = cursor.take().word
        if word == "INVISIBLE":
            found.append("invisible")
        elif word == "COMMENT":
            found.append(f"comment {cursor.take().value}")
        elif word == "WITH":
            cursor.take()
            found.append(f"parser {cursor.name().lower()}")
        elif word == "USING":
            cursor.take()
    return tuple(sorted(found))


def _foreign_key(cursor: Cursor, name: str, written: str) -> ForeignKey:
    cursor.accept("FOREIGN", "KEY")
    if not cursor.opens():
        name = name or cursor.name()
    columns = tuple(token.name.lower() for token in cursor.group() if token.text != ",")
    if not cursor.accept("REFERENCES"):
        raise ValueError("a foreign key refers to nothing")
    table = cursor.name()
    referred = ", ".join(token.name.lower() for token in cursor.group() if token.text != ",")
    return ForeignKey(name, columns, f"{table} ({referred})", _actions(cursor), written)


def _actions(cursor: Cursor) -> tuple[str, ...]:
    found = []
    while cursor.more:
        if not cursor.accept("ON"):
            cursor.take()
            continue
        event = cursor.take().text.lower()
        words = cursor.take().text.lower()
        if words in ("set", "no"):
            words += f" {cursor.take().text.lower()}"
        if words not in _DOES_NOTHING:
            found.append(f"on {event} {words}")
    return tuple(sorted(found))


def _check(cursor: Cursor, name: str, written: str) -> Check:
    cursor.accept("CHECK")
    text = expression(cursor.group())
    return Check(name, text, not cursor.accept("NOT", "ENFORCED"), written)


def _options(cursor: Cursor) -> tuple[dict[str, str], str]:
    """The options that count, and the PARTITION BY."""
    found: dict[str, str] = {}
    while cursor.more:
        if cursor.sees("PARTITION", "BY"):
            return found, expression(cursor.rest())
        word = "CHARSET" if cursor.accept("CHARACTER", "SET") else cursor.take().word
        if word in _OPTIONS:
            if cursor.more and cursor.here.text == "=":
                cursor.take()
            token = cursor.take()
            found[_OPTIONS[word]] = token.value if word == "COMMENT" else charset(token.name)
    return found, ""


def _finished(table: Table) -> Table:
    """With what follows for columns from the table: the primary key's are never null, and who has which charset."""
    if not table.columns:
        raise ValueError("it has no columns")
    primary = {part.split("(")[0] for key in table.keys if key.kind == "primary" for part in key.parts}
    columns = []
    for column in table.columns:
        if column.name.lower() in primary:
            column = replace(column, nullable=False)
        columns.append(_with_charset(column, table) if has_charset(column.type) else column)
    return replace(table, columns=tuple(columns))


def _with_charset(column: Column, table: Table) -> Column:
    own = column.charset or (column.collation.split("_")[0] if column.collation else "")
    inherited = table.options.get("charset") or table.options.get("collation", "").split("_")[0]
    collation = column.collation or ("" if own and own != inherited else table.options.get("collation", ""))
    return replace(column, charset=own or inherited, collation=collation)
