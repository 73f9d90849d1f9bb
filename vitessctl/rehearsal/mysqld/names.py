"""MySQL's own names: schemas, and functions: other spellings, those that SQLite has too, those left out."""

from __future__ import annotations

from typing import Final

BUILTIN_SCHEMAS: Final = ("information_schema", "mysql", "performance_schema", "sys")
"""Schemas that MySQL always has; here they are built when they are read."""

FUNCTION_ALIASES: Final = {
    "lcase": "lower",
    "ucase": "upper",
    "character_length": "char_length",
    "octet_length": "length",
    "substr": "substring",
    "mid": "substring",
    "ceil": "ceiling",
    "power": "pow",
    "log": "ln",
    "sha": "sha1",
    "if": "iif",
    "schema": "database",
    "session_user": "user",
    "system_user": "user",
    "current_timestamp": "now",
    "localtime": "now",
    "localtimestamp": "now",
    "current_date": "curdate",
    "current_time": "curtime",
    "utc_date": "curdate",
    "to_days": "julianday",
    "json_arrayagg": "json_group_array",
    "json_objectagg": "json_group_object",
    "regexp_like": "regexp",
    "rlike": "regexp",
}
"""Another name for a function, as MySQL has it or as SQLite calls it."""

TIME_PARTS: Final = {
    name: name.upper()
    for name in ("year", "quarter", "month", "week", "day", "hour", "minute", "second", "microsecond")
} | {"dayofmonth": "DAY", "weekofyear": "WEEK"}
"""Functions that take one part of a time."""

BUILTIN: Final = frozenset(
    {
        "iif",
        "ifnull",
        "coalesce",
        "nullif",
        "julianday",
        "json_valid",
        "json_quote",
        "row_number",
        "rank",
        "dense_rank",
        "percent_rank",
        "cume_dist",
        "ntile",
        "lag",
        "lead",
        "first_value",
        "last_value",
        "nth_value",
    }
)
"""SQLite's own, used as they are."""

DOCUMENTS: Final = frozenset(
    {
        "json",
        "json_array",
        "json_group_array",
        "json_group_object",
        "json_insert",
        "json_object",
        "json_remove",
        "json_replace",
        "json_set",
    }
)
"""SQLite's own, whose result is a document that MySQL would write with spaces."""

UNTRANSLATED: Final = frozenset(
    {"std", "stddev", "variance", "get_lock", "release_lock", "str_to_date", "convert_tz", "load_file", "encrypt"}
)
"""MySQL has them, the rehearsal does not."""
