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
