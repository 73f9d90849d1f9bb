"""A column's declaration, read. Attributes come in any order; what is not known is kept as words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from vitessctl.schema.cursor import Cursor
from vitessctl.schema.expressions import default, expression, moment
from vitessctl.schema.table import Check, Column, Key
from vitessctl.schema.types import TEXTUAL, base_of, spelled

_TWO_WORDS = (("DOUBLE", "PRECISION"), ("CHARACTER", "VARYING"), ("CHAR", "VARYING"), ("LONG", "VARCHAR"))
_SERIAL = "bigint unsigned NOT NULL AUTO_INCREMENT"
_MODIFIERS = ("UNSIGNED", "SIGNED", "ZEROFILL", "BINARY")


@dataclass
class Reading:
    """What has been read of one column."""

    name: str
    type: str = ""
    facts: dict[str, object] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    said: set[str] = field(default_factory=set)


def read_column(cursor: Cursor, text: str) -> tuple[Column, list[Key], list[Check]]:
    """A column, and the keys and checks that its declaration brings. `text`: the whole statement, as it was written."""
    reading = Reading(cursor.name())
    _type(cursor, reading)
    written = [_SERIAL if reading.facts else cursor.text(text, 1)]
    while cursor.more:
        begin, beside = cursor.place, len(reading.keys) + len(reading.checks)
        _attribute(cursor, reading)
        if beside == len(reading.keys) + len(reading.checks):
            written.append(cursor.text(text, begin))
    implied = base_of(reading.type) == "timestamp" and not reading.said & {"nullable", "default"}
    if any(key.kind == "primary" for key in reading.keys):
        reading.facts["nullable"] = False
    facts: Any = reading.facts
    words = f"{quoted(reading.name)} {' '.join(written)}" if reading.type else ""
    column = Column(reading.name, reading.type, words, implied=implied, others=tuple(sorted(reading.others)), **facts)
    return column, reading.keys, reading.checks


def quoted(name: str) -> str:
    """A name in backticks."""
    return "`" + name.replace("`", "``") + "`"


def _type(cursor: Cursor, reading: Reading) -> None:
    words = next((pair for pair in _TWO_WORDS if cursor.accept(*pair)), ())
    name = " ".join(words) if words else cursor.name()
    if name.upper() == "SERIAL":
        reading.type = "bigint unsigned"
        reading.facts.update(nullable=False, auto_increment=True)
        reading.keys.append(_own_key("unique", reading))
        return
    arguments = cursor.group() if cursor.opens() else []
    modifiers = []
    while cursor.more and cursor.here.word in _MODIFIERS:
        modifiers.append(cursor.take().word.lower())
    reading.type = spelled(name, arguments, modifiers)


def _attribute(cursor: Cursor, reading: Reading) -> None:
    for words, read in _ATTRIBUTES:
        if cursor.accept(*words):
            read(cursor, reading)
            return
    reading.others.append(_unknown(cursor))


def _unknown(cursor: Cursor) -> str:
    """A word and its value, if it has one: `invisible`, `srid 4326`, `column_format fixed`."""
    word = cursor.take().text.lower()
    if word not in ("srid", "storage", "column_format", "engine_attribute", "secondary_engine_attribute"):
        return word
    if cursor.more and cursor.here.text == "=":
        cursor.take()
    return f"{word} {cursor.take().text.lower()}"


def _sets(**facts: object) -> Callable[[Cursor, Reading], None]:
    def read(_: Cursor, reading: Reading) -> None:
        reading.facts.update(facts)
        reading.said.update(facts)

    return read


def _default(cursor: Cursor, reading: Reading) -> None:
    reading.facts["default"] = default(cursor, reading.type)
    reading.said.add("default")


def _on_update(cursor: Cursor, reading: Reading) -> None:
    cursor.take()
    reading.facts["on_update"] = f"current_timestamp{moment(cursor)}"


def _text(fact: str) -> Callable[[Cursor, Reading], None]:
    def read(cursor: Cursor, reading: Reading) -> None:
        if cursor.here.text == "=":
            cursor.take()
        reading.facts[fact] = cursor.take().value if fact == "comment" else charset(cursor.take().value.strip("`"))

    return read


def charset(name: str) -> str:
    """The one name of a character set or collation: utf8 is utf8mb3."""
    lower = name.lower()
    return f"utf8mb3{lower[4:]}" if lower == "utf8" or lower.startswith("utf8_") else lower


def _generated(cursor: Cursor, reading: Reading) -> None:
    text = expression(cursor.group())
    kind = "stored" if cursor.accept("STORED") or cursor.accept("PERSISTENT") else "virtual"
    cursor.accept("VIRTUAL")
    reading.facts["generated"] = f"{text} {kind}"


def _own_key(kind: str, reading: Reading) -> Key:
    word = {"primary": "PRIMARY KEY", "unique": "UNIQUE KEY"}[kind]
    return Key(kind, "", (reading.name.lower(),), f"{word} ({quoted(reading.name)})")


def _primary(_: Cursor, reading: Reading) -> None:
    reading.keys.append(_own_key("primary", reading))


def _unique(cursor: Cursor, reading: Reading) -> None:
    cursor.accept("KEY")
    reading.keys.append(_own_key("unique", reading))


def _check(cursor: Cursor, reading: Reading) -> None:
    text = expression(inside := cursor.group())
    enforced = not cursor.accept("NOT", "ENFORCED")
    cursor.accept("ENFORCED")
    written = " ".join(token.text for token in inside)
    reading.checks.append(Check("", text, enforced, f"CHECK ({written})" + ("" if enforced else " NOT ENFORCED")))


def _references(cursor: Cursor, _: Reading) -> None:
    """MySQL reads it at a column and forgets it (until 9)."""
    cursor.name()
    if cursor.opens():
        cursor.group()
    while cursor.accept("ON"):
        cursor.take()
        if not (cursor.accept("SET", "NULL") or cursor.accept("SET", "DEFAULT") or cursor.accept("NO", "ACTION")):
            cursor.take()


def _nothing(_: Cursor, __: Reading) -> None:
    """Says nothing that differs from leaving it out."""


_ATTRIBUTES: tuple[tuple[tuple[str, ...], Callable[[Cursor, Reading], None]], ...] = (
    (("NOT", "NULL"), _sets(nullable=False)),
    (("NULL",), _sets(nullable=True)),
    (("DEFAULT",), _default),
    (("ON", "UPDATE"), _on_update),
    (("AUTO_INCREMENT",), _sets(auto_increment=True)),
    (("COMMENT",), _text("comment")),
    (("CHARACTER", "SET"), _text("charset")),
    (("CHARSET",), _text("charset")),
    (("COLLATE",), _text("collation")),
    (("GENERATED", "ALWAYS", "AS"), _generated),
    (("AS",), _generated),
    (("PRIMARY", "KEY"), _primary),
    (("UNIQUE",), _unique),
    (("KEY",), _primary),
    (("CHECK",), _check),
    (("REFERENCES",), _references),
    (("VISIBLE",), _nothing),
)


def has_charset(type_: str) -> bool:
    """Whether values of a type are made of characters."""
    return base_of(type_) in TEXTUAL
