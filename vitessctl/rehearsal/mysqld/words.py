"""The first word of a statement, which decides who handles it; most statements need no SQL parser for that."""

from __future__ import annotations

import re

_LEADING = re.compile(r"(?:\s+|/\*.*?\*/|--[ \t][^\n]*\n?|#[^\n]*\n?)*", re.DOTALL)
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)


def without_comments(sql: str) -> str:
    """The statement from its first word on, without a semicolon at its end."""
    match = _LEADING.match(sql)
    start = match.end() if match is not None else 0
    return sql[start:].rstrip().rstrip(";").rstrip()


def first_word(sql: str) -> str:
    """The statement's verb in lower case, past comments; "" where there is none."""
    match = _WORD.match(without_comments(sql))
    return match[0].lower() if match else ""


def split_statements(sql: str) -> list[str]:
    """Statements between semicolons that are not inside quotes or comments; empty ones are left out."""
    pattern = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|/\*.*?\*/|--[ \t][^\n]*|;", re.DOTALL)
    parts: list[str] = []
    start = 0
    for match in pattern.finditer(sql):
        if match[0] == ";":
            parts.append(sql[start : match.start()])
            start = match.end()
    parts.append(sql[start:])
    return [part.strip() for part in parts if without_comments(part)]
