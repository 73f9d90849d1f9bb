"""Column types: their one spelling, and which changes of a type keep every value."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vitessctl.schema.tokens import Token, split

_ALIASES = {
    "integer": "int",
    "int1": "tinyint",
    "int2": "smallint",
    "int3": "mediumint",
    "middleint": "mediumint",
    "int4": "int",
    "int8": "bigint",
    "bool": "tinyint",
    "boolean": "tinyint",
    "dec": "decimal",
    "fixed": "decimal",
    "numeric": "decimal",
    "real": "double",
    "float8": "double",
    "float4": "float",
    "double precision": "double",
    "character": "char",
    "character varying": "varchar",
    "varcharacter": "varchar",
    "long": "mediumtext",
}
_INTEGERS = ("tinyint", "smallint", "mediumint", "int", "bigint")
_WITHOUT_WIDTH = (*_INTEGERS, "year")
_USUAL_ARGUMENTS = {"char": "1", "binary": "1", "bit": "1", "decimal": "10,0"}
_LADDERS = (
    ("tinytext", "text", "mediumtext", "longtext"),
    ("tinyblob", "blob", "mediumblob", "longblob"),
    ("float", "double"),
)
_LENGTHENED = ("varchar", "varbinary", "char", "binary", "bit", "datetime", "timestamp", "time")
NUMERIC = (*_INTEGERS, "decimal", "float", "double", "year")
TEXTUAL = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set")
WIDER_CHARSETS = {("utf8mb3", "utf8mb4"), ("ascii", "utf8mb3"), ("ascii", "utf8mb4"), ("latin1", "utf8mb4")}
"""Every character of the first is one of the second."""


def spelled(name: str, arguments: Sequence[Token], modifiers: Sequence[str]) -> str:
    """The one spelling of a type: `INT(11) UNSIGNED` and `integer unsigned` are `int unsigned`."""
    base = _ALIASES.get(name.lower(), name.lower())
    given = ",".join("".join(_argument(token) for token in piece) for piece in split(arguments)) if arguments else ""
    if base in _WITHOUT_WIDTH:
        given = ""
    elif base == "decimal" and given and "," not in given:
        given = f"{given},0"
    elif base == "float" and given.isdigit():
        base, given = ("double" if int(given) > 24 else "float"), ""
    given = given or _USUAL_ARGUMENTS.get(base, "")
    if base in ("datetime", "timestamp", "time") and given == "0":
        given = ""
    words = ["unsigned"] if {"unsigned", "zerofill"} & set(modifiers) else []
    words += ["zerofill"] if "zerofill" in modifiers else []
    return " ".join([f"{base}({given})" if given else base, *words])


def base_of(spelling: str) -> str:
    """`varchar` of `varchar(64)`."""
    return re.split(r"[( ]", spelling, maxsplit=1)[0]


def keeps_every_value(before: str, after: str) -> bool:
    """Whether each value of the type before is one of the type after; False where it is not known to be."""
    old, new = base_of(before), base_of(after)
    if ("unsigned" in before) != ("unsigned" in after):
        return False
    for ladder in ((*_INTEGERS,), *_LADDERS):
        if old in ladder and new in ladder:
            return ladder.index(old) <= ladder.index(new) and not (_numbers(before) or _numbers(after))
    if (old, new) in (("char", "varchar"), ("binary", "varbinary")) or (old == new and old in _LENGTHENED):
        return _number(before) <= _number(after)
    if old == new == "decimal":
        (digits, scale), (new_digits, new_scale) = _numbers(before), _numbers(after)
        return scale <= new_scale and digits - scale <= new_digits - new_scale
    if old == new and old in ("enum", "set"):
        return f"{after[:-1]},".startswith(f"{before[:-1]},")
    return False


def _argument(token: Token) -> str:
    return "'" + token.value.replace("'", "''") + "'" if token.kind == "string" else token.text


def _number(spelling: str) -> int:
    numbers = _numbers(spelling)
    return numbers[0] if numbers else 0


def _numbers(spelling: str) -> list[int]:
    found = re.search(r"\(([\d, ]+)\)", spelling)
    return [int(number) for number in found[1].split(",")] if found else []
