"""Rows on the screen: a table, one below the other, JSON or CSV. In each an empty string is told from NULL."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from vitessctl.sql.result import Result

NULL = "NULL"


def table_lines(result: Result) -> Iterator[str]:
    """As the mysql program shows rows; characters that would move the cursor are escaped."""
    if not result.columns:
        yield f"ok, {_count(result.rows_affected, 'row')} changed"
        return
    header = [_plain(name) for name in result.columns]
    rows = [[NULL if value is None else _plain(value) for value in row] for row in result.rows]
    widths = [max(_width(cell) for cell in column) for column in zip(header, *rows, strict=True)]
    rule = "+".join(["", *("-" * (width + 2) for width in widths), ""])
    if rows:
        yield rule
        yield _line(header, widths)
        yield rule
        yield from (_line(row, widths) for row in rows)
        yield rule
    yield _tally(result)


def vertical_lines(result: Result) -> Iterator[str]:
    """Each column on a line of its own; only line ends within a value are left as they are."""
    if not result.columns:
        yield from table_lines(result)
        return
    width = max(_width(_plain(name)) for name in result.columns)
    for number, row in enumerate(result.rows, 1):
        yield f"*************************** {number}. row ***************************"
        for name, value in zip(result.columns, row, strict=True):
            shown = NULL if value is None else _plain(value, keep="\n")
            yield f"{' ' * (width - _width(_plain(name)))}{_plain(name)}: {shown}"
    yield _tally(result)


def csv_lines(result: Result) -> Iterator[str]:
    """A line of names, then a line a row (RFC 4180); an empty string is `""`, NULL is nothing."""
    if result.columns:
        yield ",".join(_csv(name) for name in result.columns)
        yield from (",".join(map(_csv, row)) for row in result.rows)


def result_data(result: Result, number: int, place: str) -> dict[str, Any]:
    """A JSON object; rows are lists, as two columns may have one name."""
    return {
        "type": "result",
        "statement": number,
        "place": place,
        "columns": list(result.columns),
        "rows": [list(row) for row in result.rows],
        "rows_affected": result.rows_affected,
        "cut": result.cut,
    }


def _tally(result: Result) -> str:
    return f"{_count(len(result.rows), 'row')}{' shown, and there are more' if result.cut else ''}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (f" {cell}{' ' * (width - _width(cell))} " for cell, width in zip(cells, widths, strict=True))
    return f"|{'|'.join(padded)}|"


def _width(text: str) -> int:
    """Columns of a terminal: wide characters take two, combining ones none."""
    return sum(_columns(character) for character in text) if not text.isascii() else len(text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _plain(text: str, keep: str = "") -> str:
    """Without characters that a terminal obeys."""
    if text.isprintable():
        return text
    return "".join(
        character if character in keep or not _obeyed(character) else _escaped(character) for character in text
    )


def _obeyed(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs")


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _csv(value: str | None) -> str:
    if value is None:
        return ""
    special = not value or any(character in value for character in ',"\r\n') or value != value.strip()
    return '"{}"'.format(value.replace('"', '""')) if special else value
