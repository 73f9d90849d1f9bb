"""Defaults and expressions, in the one form in which they are compared."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from vitessctl.schema.cursor import Cursor
from vitessctl.schema.tokens import Token
from vitessctl.schema.types import NUMERIC, base_of

_NOW = ("CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP")
_CONSTANTS = {"TRUE": "1", "FALSE": "0"}


def expression(tokens: Sequence[Token]) -> str:
    """An expression without what MySQL adds when it shows it: parentheses, backticks, introducers, upper case."""
    kept = [token for token in tokens if not (token.kind == "mark" and token.text in "()\\")]
    return " ".join(_plain(token) for token in kept if not (token.kind == "word" and token.text.startswith("_")))


def default(cursor: Cursor, type_: str) -> str:
    """What follows DEFAULT; "" for NULL."""
    if cursor.opens():
        return f"({expression(cursor.group())})"
    token = cursor.take()
    if token.kind == "mark" and token.text in "+-":
        return _literal(("-" if token.text == "-" else "") + cursor.take().text, type_)
    if token.kind == "word" and token.text.startswith("_") and cursor.more and cursor.here.kind == "string":
        token = cursor.take()
    if token.word == "NULL":
        return ""
    if token.word in _NOW:
        return f"current_timestamp{moment(cursor)}"
    if token.kind == "string":
        return _literal(token.value, type_, bits=token.text[0] in "bB")
    return _literal(_CONSTANTS.get(token.word, token.text), type_)


def moment(cursor: Cursor) -> str:
    """The precision that may follow CURRENT_TIMESTAMP: `(6)`, or "" for none."""
    digits = "".join(token.text for token in cursor.group()) if cursor.opens() else ""
    return f"({digits})" if digits not in ("", "0") else ""


def _literal(text: str, type_: str, bits: bool = False) -> str:
    base = base_of(type_)
    if base == "bit" or bits:
        return f"b'{int(text, 2) if bits else int(text):b}'"
    if base in NUMERIC:
        try:
            return format(Decimal(text).normalize(), "f")
        except InvalidOperation:
            return text
    return "'" + text.replace("'", "''") + "'"


def _plain(token: Token) -> str:
    if token.kind == "string":
        return "'" + token.value + "'"
    return token.name.lower()
