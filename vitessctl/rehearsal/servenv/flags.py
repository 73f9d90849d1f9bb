"""Command lines, read as strictly as the release reads them.

From release 15 the parser is pflag's (two dashes), before it Go's (one or two). Which flags a component has comes
from `vitessctl.releases`; which are booleans, numbers or durations from flag_types.json (Vitess' own help texts; a
flag that is not in it is a string).
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from vitessctl.rehearsal.servenv.exits import StartError

BOOLEANS: Final = ("1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False")
TRUE: Final = BOOLEANS[:6]
_UNITS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION: Final = re.compile(r"[-+]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+|[-+]?0")

Types = Mapping[str, str]
"""Flag with dashes to bool, int, duration or float; strings are absent."""


class Flags:
    """The flags that were given, under their names with dashes."""

    def __init__(self, values: Mapping[str, str], arguments: Sequence[str] = ()) -> None:
        self.values = dict(values)
        self.arguments = tuple(arguments)
        """The whole command line, for /debug/vars."""

    def text(self, name: str, default: str = "") -> str:
        """A string flag."""
        return self.values.get(name, default)

    def given(self, name: str) -> bool:
        """Whether it was on the command line."""
        return name in self.values

    def number(self, name: str, default: int = 0) -> int:
        """An integer flag."""
        return int(self.values.get(name, default))

    def true(self, name: str, default: bool = False) -> bool:
        """A boolean flag."""
        return self.values[name] in TRUE if name in self.values else default

    def seconds(self, name: str, default: float) -> float:
        """A duration flag in seconds; releases up to 18 take a bare number of seconds in some places."""
        return parse_duration(self.values[name]) if name in self.values else default

    def words(self, name: str) -> tuple[str, ...]:
        """A list separated by commas."""
        return tuple(word for word in self.values.get(name, "").split(",") if word)


def parse_duration(text: str) -> float:
    """Seconds of a Go duration (`1m30s`, `250ms`), or of a bare number. ValueError on anything else."""
    if not _DURATION.fullmatch(text):
        return float(text)
    total = sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"([\d.]+)(ns|us|µs|ms|s|m|h)", text))
    return -total if text.startswith("-") else total


def load_types() -> Types:
    """What kind of value each flag takes."""
    path = os.path.join(os.path.dirname(__file__), "flag_types.json")
    with open(path, encoding="ascii") as file:
        return {flag: kind for kind, flags in json.load(file).items() for flag in flags.split()}


class Parser:
    """One component's command line in one release."""

    def __init__(self, accepts: Callable[[str], bool], dashed: bool, go: bool, types: Types) -> None:
        self._accepts = accepts
        self._dashed = dashed
        """Whether the release's own spelling is with dashes (from 23): then underscores draw a warning."""
        self._go = go
        self._types = types

    def parse(self, arguments: Sequence[str]) -> Flags:
        """The flags of a command line. Raises StartError with the release's own words and exit code."""
        values: dict[str, str] = {}
        rest = list(arguments)
        while rest:
            word = rest.pop(0)
            if word == "--" or not word.startswith("-") or word == "-":
                break
            name, equals, value = self._split(word)
            self._check_known(name)
            key = name.replace("_", "-")
            if not equals:
                value = self._next_value(key, name, rest)
            self._check_value(key, name, value)
            values[key] = value
        return Flags(values, arguments)

    def _split(self, word: str) -> tuple[str, str, str]:
        if not self._go and not word.startswith("--"):
            raise StartError(f"unknown shorthand flag: '{word[1]}' in {word}", usage=True)
        name, equals, value = word.lstrip("-").partition("=")
        return name, equals, value

    def _check_known(self, name: str) -> None:
        if not self._accepts(name):
            if self._go:
                raise StartError(f"flag provided but not defined: -{name}", code=2, usage=True, logged=False)
            raise StartError(f"unknown flag: --{name}", usage=True)
        if self._dashed and "_" in name and not name.startswith("log_"):
            dashes = name.replace("_", "-")
            sys.stderr.write(f"Flag --{name} has been deprecated, use --{dashes} instead \n")

    def _next_value(self, key: str, name: str, rest: list[str]) -> str:
        if self._types.get(key) == "bool":
            return "true"
        if rest:
            return rest.pop(0)
        if self._go:
            raise StartError(f"flag needs an argument: -{name}", code=2, usage=True, logged=False)
        raise StartError(f"flag needs an argument: --{name}", usage=True)

    def _check_value(self, key: str, name: str, value: str) -> None:
        reason = _CHECKS[self._types.get(key, "string")](value)
        if not reason:
            return
        if self._go:
            raise StartError(f'invalid value "{value}" for flag -{name}: {reason}', code=2, usage=True, logged=False)
        raise StartError(f'invalid argument "{value}" for "--{name}" flag: {reason}', usage=True)


def _bad_number(value: str) -> str:
    return "" if re.fullmatch(r"[-+]?\d+", value) else f'strconv.ParseInt: parsing "{value}": invalid syntax'


def _bad_boolean(value: str) -> str:
    return "" if value in BOOLEANS else f'strconv.ParseBool: parsing "{value}": invalid syntax'


def _bad_float(value: str) -> str:
    try:
        float(value)
    except ValueError:
        return f'strconv.ParseFloat: parsing "{value}": invalid syntax'
    return ""


def _bad_duration(value: str) -> str:
    if re.fullmatch(_DURATION, value):
        return ""
    return f'time: missing unit in duration "{value}"' if value.isdigit() else f'time: invalid duration "{value}"'


_CHECKS: Final[dict[str, Callable[[str], str]]] = {
    "string": lambda value: "",
    "int": _bad_number,
    "bool": _bad_boolean,
    "float": _bad_float,
    "duration": _bad_duration,
}
