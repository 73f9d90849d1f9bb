"""What a flag's value may look like, by the kind of the flag: the rules of Go's own parsers.

A server that cannot read a value ends at once, as with a flag that it does not have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_DURATION = r"[+-]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)"
_FLOAT = r"[+-]?((\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[iI]nf(inity)?|NaN|nan)"
_UNSIGNED = r"0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]*|[1-9][\d_]*"

_FORMS: Mapping[str, re.Pattern[str]] = {
    "bool": re.compile(r"1|t|T|TRUE|true|True|0|f|F|FALSE|false|False"),
    "duration": re.compile(_DURATION),
    "float": re.compile(_FLOAT),
    "int": re.compile(rf"[+-]?({_UNSIGNED})"),
    "seconds": re.compile(f"{_DURATION}|{_FLOAT}"),
    "uint": re.compile(_UNSIGNED),
}
_WORDS: Mapping[str, str] = {
    "bool": "true or false",
    "duration": "a time with its unit, like 30s or 1h30m",
    "float": "a number, like 30 or 0.5",
    "int": "a whole number",
    "seconds": "a time, like 30s, or a number of seconds",
    "uint": "a whole number, not below 0",
}

TYPICAL: Mapping[str, str] = {"duration": "30s", "float": "30", "int": "30", "seconds": "30", "uint": "30"}
"""A value that a flag of that kind takes and that not every kind does."""
_UNITS: Mapping[str, float] = {
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0,
}  # fmt: skip


def seconds(value: str) -> float | None:
    """A time as seconds, whether it has a unit (`1m30s`) or is a number of seconds; None if it is no time."""
    if re.fullmatch(_DURATION, value):
        parts = re.findall(r"([\d.]+)(ns|us|µs|μs|ms|s|m|h)", value)
        return sum(float(number) * _UNITS[unit] for number, unit in parts)
    return float(value.replace("_", "")) if re.fullmatch(_FLOAT, value) else None


def parses(kind: str, value: str) -> bool:
    """Whether a flag of that kind takes the value. Other kinds (`string`, `list`, `value`) count as taking any."""
    form = _FORMS.get(kind)
    return form is None or form.fullmatch(value) is not None


def wanted(kind: str) -> str:
    """What a flag of that kind wants, for a person; empty where it takes anything."""
    return _WORDS.get(kind, "")


def meant(kind: str, value: str) -> str:
    """The value as the kind wants it, if it is only a time's unit that is too many or too few; else empty."""
    if kind == "duration" and parses("float", value):
        return f"{value}s"
    bare = value.removesuffix("s")
    return bare if kind in ("float", "int", "uint") and parses(kind, bare) else ""
