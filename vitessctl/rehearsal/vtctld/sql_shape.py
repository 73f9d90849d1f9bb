"""Just enough of SQL's shape to refuse what vtctld's parser refuses; MySQL's stand-in parses the rest for good."""

from __future__ import annotations

import re
from typing import Final

from vitessctl.rehearsal.topology_names import Refused

_WORD: Final = re.compile(r"[A-Za-z_]+|\S")
_OBJECTS: Final = frozenset(
    {"table", "view", "database", "schema", "index", "unique", "fulltext", "spatial", "temporary", "or", "algorithm"}
    | {"definer", "sql", "function", "procedure", "trigger", "vschema", "vitess_migration", "tables"}
)
_FIRST_WORDS: Final = frozenset(
    {"rename", "truncate", "insert", "update", "delete", "select", "replace", "set", "show"}
)
_WITH_OBJECT: Final = frozenset({"create", "alter", "drop"})
_VSCHEMA_ACTIONS: Final = frozenset({"create", "drop", "add", "on"})
_QUOTED: Final = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\"|`[^`]*`|--[^\n]*|/\*.*?\*/", re.DOTALL)


def statements(sql: str) -> list[str]:
    """The statements of a text, split at semicolons outside of quotes and comments."""
    blank = _QUOTED.sub(lambda match: "x" * len(match[0]), sql)
    ends = [match.start() for match in re.finditer(";", blank)]
    starts = [0, *(end + 1 for end in ends)]
    parts = (sql[start:end] for start, end in zip(starts, [*ends, len(sql)], strict=True))
    return [part.strip() for part in parts if part.strip()]


def check_one_statement(sql: str) -> None:
    """Refuse a text that is not one statement whose beginning makes sense."""
    if len(statements(sql)) != 1:
        raise Refused(_parse_error(sql, "Expected a single statement"))
    trouble = syntax_error(sql)
    if trouble:
        raise Refused(_parse_error(sql, trouble))


def syntax_error(sql: str) -> str:
    """`syntax error at position 13 near 'tabel'` for a beginning that no statement has, else ""."""
    words = [(match[0], match.end()) for match in _WORD.finditer(sql)]
    first = words[0][0].lower() if words else ""
    if first in _FIRST_WORDS:
        return ""
    if first not in _WITH_OBJECT:
        return _near(words[0]) if words else "syntax error at position 1"
    if len(words) < 2 or words[1][0].lower() not in _OBJECTS:
        return _near(words[1]) if len(words) > 1 else f"syntax error at position {len(sql) + 1}"
    if words[1][0].lower() == "vschema" and (len(words) < 3 or words[2][0].lower() not in _VSCHEMA_ACTIONS):
        return _near(words[2]) if len(words) > 2 else f"syntax error at position {len(sql) + 1}"
    return ""


def _near(word: tuple[str, int]) -> str:
    return f"syntax error at position {word[1] + 1} near '{word[0]}'"


def _parse_error(sql: str, trouble: str) -> str:
    return f"failed to parse sql: {sql}, got error: Code: INVALID_ARGUMENT\n{trouble}\n"
