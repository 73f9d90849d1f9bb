"""What MySQL does to a value when it goes into a column: rounds, completes, normalises, or refuses it."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from vitessctl.rehearsal.mysqld.context import FunctionContext
from vitessctl.rehearsal.mysqld.documents import normal
from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.mysqld.times import parse_time, time_text
from vitessctl.rehearsal.storage.definition import Column


def storing_function(column: Column) -> tuple[str, tuple[str, ...]] | None:
    """The SQL function that a column's values go through, and its further arguments; None for none."""
    base, name = column.base_type, column.name
    if base in {"datetime", "timestamp"}:
        return "store_time", (str(column.length), name)
    if base == "date":
        return "store_date", (name,)
    if base in {"decimal", "numeric"}:
        return "store_decimal", (column.type.partition(",")[2].rstrip(")") or "0", name)
    if base in {"tinyint", "smallint", "mediumint", "int", "integer", "bigint"}:
        return "store_integer", ()
    if base == "json":
        return "store_json", (name,)
    if base == "enum":
        return "store_enum", (column.type, name)
    return None


def storing_functions(context: FunctionContext) -> dict[str, Callable[..., Any]]:
    """Those functions, without their prefix. All keep NULL."""

    def moment(value: Any, column: str, kind: str) -> datetime:
        found = parse_time(value)
        if found is None:
            text = f"Incorrect {kind} value: '{value}' for column '{column}' at row 1"
            raise context.fail(MySqlError(1292, text=text))
        return found

    def store_time(value: Any, digits: str, column: str) -> str | None:
        if value is None:
            return None
        half = timedelta(microseconds=10 ** (6 - int(digits)) // 2)
        return time_text(moment(value, column, "datetime") + half, int(digits))

    def store_date(value: Any, column: str) -> str | None:
        return None if value is None else moment(value, column, "date").date().isoformat()

    def store_decimal(value: Any, digits: str, column: str) -> float | int | None:
        if value is None:
            return None
        try:
            scaled = abs(float(value)) * 10 ** int(digits)
        except ValueError:
            text = f"Incorrect decimal value: '{value}' for column '{column}' at row 1"
            raise context.fail(MySqlError(1366, text=text)) from None
        return math.copysign(math.floor(scaled + 0.5 + 1e-9) / 10 ** int(digits), float(value))

    def store_json(value: Any, column: str) -> str | None:
        try:
            return None if value is None else normal(value)
        except ValueError:
            text = f"Invalid JSON text: \"Invalid value.\" at position 0 in value for column '{column}'."
            raise context.fail(MySqlError(3140, text=text)) from None

    def store_enum(value: Any, kind: str, column: str) -> str | None:
        allowed = [item.strip().strip("'") for item in kind.partition("(")[2].rstrip(")").split(",")]
        if value is None:
            return None
        for item in allowed:
            if item.lower() == str(value).lower():
                return item
        raise context.fail(MySqlError(1265, text=f"Data truncated for column '{column}' at row 1"))

    return {
        "store_time": store_time,
        "store_date": store_date,
        "store_decimal": store_decimal,
        "store_integer": lambda value: math.floor(value + 0.5) if isinstance(value, float) else value,
        "store_json": store_json,
        "store_enum": store_enum,
    }
