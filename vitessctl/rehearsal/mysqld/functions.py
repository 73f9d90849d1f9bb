"""MySQL's functions that SQLite lacks or has with another meaning.

Each is registered as `my_<name>`; the translator writes that name. Where MySQL has NULL for a NULL argument,
so has the function.
"""

from __future__ import annotations

import base64
import hashlib
import math
import random
import re
import secrets
import sqlite3
import time
import uuid
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from vitessctl.rehearsal.mysqld.context import FunctionContext
from vitessctl.rehearsal.mysqld.documents import JSON_FUNCTIONS
from vitessctl.rehearsal.mysqld.errors import MySqlError
from vitessctl.rehearsal.mysqld.series import version
from vitessctl.rehearsal.mysqld.storing import storing_functions
from vitessctl.rehearsal.mysqld.times import time_functions
from vitessctl.rehearsal.storage.connection import collation_key

Function = Callable[..., Any]


def text(value: Any) -> str:
    """A value as MySQL shows it."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else text(value).encode("utf-8", "surrogateescape")


def _substring(value: Any, start: int, length: int | None = None) -> Any:
    source = value if isinstance(value, bytes) else text(value)
    if start == 0 or (length is not None and length < 1):
        return source[:0]
    first = start - 1 if start > 0 else len(source) + start
    if first < 0:
        return source[:0]
    return source[first:] if length is None else source[first : first + length]


def _locate(needle: Any, haystack: Any, start: int = 1) -> int:
    return text(haystack).lower().find(text(needle).lower(), start - 1) + 1


def _pad(value: Any, length: int, fill: Any, *, left: bool) -> str:
    source, filler = text(value), text(fill)
    if len(source) >= length:
        return source[:length]
    padding = (filler * length)[: length - len(source)]
    return padding + source if left else source + padding


def _round(value: Any, digits: int = 0) -> int | float:
    """Half away from zero, as MySQL does for exact numbers."""
    scale = 10**digits
    rounded = math.copysign(math.floor(abs(float(value)) * scale + 0.5 + 1e-9), float(value)) / scale
    return int(rounded) if digits <= 0 else float(rounded)


def _regexp(value: Any, pattern: Any) -> int:
    return int(re.search(text(pattern), text(value), re.IGNORECASE) is not None)


def _trim(value: Any, characters: Any = " ", where: str = "BOTH") -> str:
    source, cut = text(value), text(characters)
    while cut and where in {"BOTH", "LEADING"} and source.startswith(cut):
        source = source[len(cut) :]
    while cut and where in {"BOTH", "TRAILING"} and source.endswith(cut):
        source = source[: -len(cut)]
    return source


def _sha2(value: Any, bits: int = 256) -> str:
    return hashlib.new(f"sha{bits or 256}", _bytes(value)).hexdigest()


def _hexadecimal(value: Any) -> str:
    return f"{value:X}" if isinstance(value, int) else _bytes(value).hex().upper()


def _substring_index(value: Any, delimiter: Any, count: int) -> str:
    parts = text(value).split(text(delimiter))
    return text(delimiter).join(parts[:count] if count >= 0 else parts[count:])


def _signed(value: Any) -> int:
    """CAST(x AS SIGNED): leading digits count, the rest is ignored."""
    if isinstance(value, (int, float)):
        return int(_round(value))
    match = re.match(r"\s*([+-]?\d+)", text(value))
    return int(match[1]) if match else 0


def _find_in_set(value: Any, listed: Any) -> int:
    items = text(listed).split(",")
    return items.index(text(value)) + 1 if text(value) in items else 0


def _modulo(left: Any, right: Any) -> int | float | None:
    if right == 0:
        return None
    remainder = math.fmod(left, right)
    return remainder if isinstance(left, float) or isinstance(right, float) else int(remainder)


def _comparable(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Numbers and text together are compared as text."""
    return tuple(map(text, values)) if any(isinstance(value, str) for value in values) else values


def _like(pattern: Any, value: Any, escape: Any = "\\") -> int | None:
    """The operator LIKE, without regard to case and accents; SQLite's own knows ASCII only, and no escape."""
    if pattern is None or value is None:
        return None
    wanted = _like_pattern(collation_key(text(pattern)), str(escape))
    return int(wanted.fullmatch(collation_key(text(value))) is not None)


@lru_cache(maxsize=256)
def _like_pattern(pattern: str, escape: str) -> re.Pattern[str]:
    parts = re.findall(rf"{re.escape(escape)}.|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return re.compile("".join(wild.get(part) or re.escape(part[-1]) for part in parts), re.DOTALL)


def _compare(left: Any, right: Any) -> int:
    first, second = text(left).lower(), text(right).lower()
    return (first > second) - (first < second)


_OF_ARGUMENTS: dict[str, Function] = {
    "concat": lambda *parts: "".join(map(text, parts)),
    "left": lambda value, length: text(value)[: max(0, length)],
    "right": lambda value, length: text(value)[-length:] if length > 0 else "",
    "lower": lambda value: text(value).lower(),
    "upper": lambda value: "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in text(value)),
    "length": lambda value: len(_bytes(value)),
    "char_length": lambda value: len(text(value)),
    "bit_length": lambda value: 8 * len(_bytes(value)),
    "substring": _substring,
    "substring_index": _substring_index,
    "locate": _locate,
    "instr": lambda haystack, needle: _locate(needle, haystack),
    "lpad": lambda value, length, fill=" ": _pad(value, length, fill, left=True),
    "rpad": lambda value, length, fill=" ": _pad(value, length, fill, left=False),
    "repeat": lambda value, count: text(value) * max(0, count),
    "reverse": lambda value: text(value)[::-1],
    "space": lambda count: " " * max(0, count),
    "replace": lambda value, old, new: text(value).replace(text(old), text(new)) if old != "" else text(value),
    "insert": lambda value, at, length, new: text(value)[: at - 1] + text(new) + text(value)[at - 1 + length :],
    "trim": _trim,
    "ltrim": lambda value: text(value).lstrip(" "),
    "rtrim": lambda value: text(value).rstrip(" "),
    "strcmp": _compare,
    "ascii": lambda value: (_bytes(value) or b"\0")[0],
    "ord": lambda value: int.from_bytes(_bytes(text(value)[:1]), "big"),
    "char": lambda *codes: bytes(codes).decode("latin-1"),
    "bin": lambda value: f"{int(value):b}",
    "oct": lambda value: f"{int(value):o}",
    "hex": _hexadecimal,
    "unhex": lambda value: bytes.fromhex(text(value)),
    "md5": lambda value: hashlib.md5(_bytes(value), usedforsecurity=False).hexdigest(),
    "sha1": lambda value: hashlib.sha1(_bytes(value), usedforsecurity=False).hexdigest(),
    "sha2": _sha2,
    "crc32": lambda value: zlib.crc32(_bytes(value)),
    "to_base64": lambda value: base64.b64encode(_bytes(value)).decode(),
    "uuid_to_bin": lambda value, _swap=0: uuid.UUID(text(value)).bytes,
    "bin_to_uuid": lambda value, _swap=0: str(uuid.UUID(bytes=value)),
    "regexp": _regexp,
    "find_in_set": _find_in_set,
    "format": lambda value, digits=0: f"{_round(value, digits):,.{digits}f}",
    "abs": abs,
    "sign": lambda value: (value > 0) - (value < 0),
    "mod": _modulo,
    "floor": lambda value: math.floor(float(value)),
    "ceiling": lambda value: math.ceil(float(value)),
    "round": _round,
    "truncate": lambda value, digits: math.trunc(float(value) * 10**digits) / 10**digits,
    "pow": lambda base, exponent: float(base) ** exponent,
    "sqrt": lambda value: math.sqrt(value) if value >= 0 else None,
    "exp": math.exp,
    "ln": lambda value: math.log(value) if value > 0 else None,
    "log2": lambda value: math.log2(value) if value > 0 else None,
    "log10": lambda value: math.log10(value) if value > 0 else None,
    "pi": lambda: math.pi,
    "greatest": lambda *values: max(_comparable(values)),
    "least": lambda *values: min(_comparable(values)),
    "xor": lambda left, right: int(bool(left) != bool(right)),
    "bitxor": lambda left, right: int(left) ^ int(right),
    "signed": _signed,
    "to_text": text,
}
"""Functions that are NULL as soon as one argument is."""


def _concat_ws(separator: Any, *parts: Any) -> str | None:
    return None if separator is None else text(separator).join(text(part) for part in parts if part is not None)


def _field(value: Any, *options: Any) -> int:
    return options.index(value) + 1 if value in options and value is not None else 0


def _elt(number: int | None, *options: Any) -> Any:
    return options[number - 1] if number is not None and 1 <= number <= len(options) else None


def _random(seed: Any = None) -> float:
    return random.random() if seed is None else random.Random(seed).random()


_OF_ANYTHING: dict[str, Function] = {
    "concat_ws": _concat_ws,
    "field": _field,
    "elt": _elt,
    "rand": _random,
    "uuid": lambda: str(uuid.uuid1(clock_seq=secrets.randbits(14))),
    "uuid_short": lambda: secrets.randbits(62),
    "isnull": lambda value: int(value is None),
    "version": version,
    "any_value": lambda value: value,
}
"""Functions that treat NULL in their own way."""


def _session_functions(context: FunctionContext) -> dict[str, Function]:
    def last_insert_id(value: int | None = None) -> int:
        if value is not None:
            context.session.last_insert_id = value
        return context.session.last_insert_id

    def sleep(seconds: Any) -> int:
        deadline = context.session.deadline
        until = time.monotonic() + float(seconds)
        time.sleep(max(0.0, min(until, deadline or until) - time.monotonic()))
        if deadline is not None and until > deadline:
            raise context.fail(MySqlError(3024))
        return 0

    return {
        "last_insert_id": last_insert_id,
        "database": lambda: context.session.database,
        "connection_id": lambda: context.session.connection_id,
        "user": lambda: context.session.user,
        "current_user": lambda: context.session.user,
        "row_count": lambda: context.session.row_count,
        "found_rows": lambda: context.session.found_rows,
        "sleep": sleep,
        "variable": lambda name: context.session.variables.get(name.lower()),
    }


class _GroupConcat:
    """GROUP_CONCAT: `options` is `distinct` or `all`, a colon, and a letter for each ordering (a, d)."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, tuple[Any, ...]]] = []
        self._separator = ","
        self._options = "all:"

    def step(self, value: Any, separator: str, options: str, *keys: Any) -> None:
        """Takes one row."""
        self._separator, self._options = separator, options
        if value is not None:
            self._rows.append((text(value), keys))

    def finalize(self) -> str | None:
        """The joined text; NULL without rows."""
        kind, _, directions = self._options.partition(":")
        for index, direction in reversed(list(enumerate(directions))):
            self._rows.sort(key=lambda row: _ordering(row[1][index]), reverse=direction == "d")
        values = [value for value, _ in self._rows]
        if kind == "distinct":
            values = list(dict.fromkeys(values))
        return self._separator.join(values) if values else None


def _ordering(key: Any) -> tuple[int, Any]:
    """NULL before numbers before text."""
    if key is None:
        return 0, 0
    return (1, key) if isinstance(key, (int, float)) else (2, text(key).lower())


def _null_for_null(function: Function) -> Function:
    """NULL for NULL, and for arguments that make no sense: there MySQL gives NULL with a warning."""

    def call(*arguments: Any) -> Any:
        if None in arguments:
            return None
        try:
            return function(*arguments)
        except (ValueError, TypeError, OverflowError, LookupError, ArithmeticError):
            return None

    return call


def register(connection: sqlite3.Connection) -> FunctionContext:
    """Adds every function to a connection; returns what the session-dependent ones look at."""
    context = FunctionContext()
    strict = {**_OF_ARGUMENTS, **JSON_FUNCTIONS, **time_functions(context)}
    functions = {name: _null_for_null(function) for name, function in strict.items()}
    functions |= _OF_ANYTHING | _session_functions(context) | storing_functions(context)
    for name, function in functions.items():
        connection.create_function(f"my_{name}", -1, function)
    for arguments in (2, 3):
        connection.create_function("like", arguments, _like)
    connection.create_aggregate("my_group_concat", -1, _GroupConcat)  # type: ignore[arg-type]  # its step is variadic
    return context


NAMES = frozenset(
    {
        *(*_OF_ARGUMENTS, *_OF_ANYTHING, *JSON_FUNCTIONS),
        *_session_functions(FunctionContext()),
        *time_functions(FunctionContext()),
    }
)
"""Every function that register() adds, without its prefix."""
