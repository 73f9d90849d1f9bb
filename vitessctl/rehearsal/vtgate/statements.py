"""What a statement is, seen from its first words."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"^(?:\s|/\*(?!!).*?\*/|--[ \t][^\n]*\n|#[^\n]*\n)+", re.DOTALL)
READS = frozenset({"select", "show", "describe", "desc", "explain", "with", "table"})
WRITES = frozenset({"insert", "update", "delete", "replace"})
DEFINITIONS = frozenset({"create", "alter", "drop", "truncate", "rename"})


def without_comments(sql: str) -> str:
    """The statement from its first word on, without a semicolon at its end."""
    return _COMMENT.sub("", sql).strip().rstrip(";").strip()


def first_word(sql: str) -> str:
    """The first word in lower case, "" for an empty statement."""
    match = re.match(r"\(*\s*([a-zA-Z]+)", sql)
    return match[1].lower() if match else ""
