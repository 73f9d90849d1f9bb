"""Flags as Go's two libraries read them: its own package (until release 14), and pflag (from 15 on).

Only the reading: which flags there are, and what kind of value each takes, the caller says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

BOOLEANS: Final = ("1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False")
TRUE: Final = BOOLEANS[:6]
DURATION: Final = re.compile(r"[-+]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+|[-+]?0")
PARSE_ERROR: Final = "parse error"
"""What Go says of any value that it cannot read, from Go 1.12 on (Vitess 4)."""

Kinds = Callable[[str], str | None]
"""A flag's name as it was written, to `string`, `bool`, `int`, `float`, `duration` or `seconds`; None: no such flag."""


class FlagError(Exception):
    """A command line that the library refuses; str() is its text."""


class HelpAsked(FlagError):
    """`--help`, `-h`: no error of the command line, but it ends here."""


@dataclass(frozen=True)
class Dialect:
    """How a release reads flags."""

    pflag: bool
    """Else Go's own package."""
    interspersed: bool = True
    """pflag: whether flags may stand behind words. (Go's own package never allows it.)"""
    long_reasons: bool = False
    """Go's own package before Go 1.12 (Vitess 3): a bad value is refused with what strconv says of it."""


@dataclass(frozen=True)
class Parsed:
    """A command line, read."""

    values: tuple[tuple[str, str], ...]
    """Flags as they were written, in their order, each with its value."""
    words: tuple[str, ...]
    """What is no flag."""


def parse(arguments: Sequence[str], kinds: Kinds, dialect: Dialect) -> Parsed:
    """Read a command line. FlagError in the library's words, HelpAsked where help is asked for."""
    reader = _PflagReader(kinds) if dialect.pflag else _GoReader(kinds, dialect.long_reasons)
    words: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--":
            words += rest
            break
        if len(word) > 1 and word.startswith("-"):
            reader.take(word, rest)
            continue
        words.append(word)
        if not (dialect.pflag and dialect.interspersed):
            words += rest
            break
    return Parsed(tuple(reader.values), tuple(words))


class _Reader:
    """Takes flags one after the other."""

    def __init__(self, kinds: Kinds) -> None:
        self.values: list[tuple[str, str]] = []
        self._kinds = kinds

    def take(self, word: str, rest: list[str]) -> None:
        """Read one flag, with its value from `rest` if it needs one."""
        raise NotImplementedError


class _GoReader(_Reader):
    def __init__(self, kinds: Kinds, long_reasons: bool) -> None:
        super().__init__(kinds)
        self._long_reasons = long_reasons

    def take(self, word: str, rest: list[str]) -> None:
        name, equals, value = self._split(word)
        kind = self._kinds(name)
        if kind is None:
            if name in ("help", "h"):
                raise HelpAsked("flag: help requested")
            raise FlagError(f"flag provided but not defined: -{name}")
        if kind == "bool":
            value = value if equals else "true"
        elif not equals:
            if not rest:
                raise FlagError(f"flag needs an argument: -{name}")
            value = rest.pop(0)
        self._check(kind, name, value)
        self.values.append((name, value))

    def _split(self, word: str) -> tuple[str, str, str]:
        name, equals, value = word[2 if word.startswith("--") else 1 :].partition("=")
        if not name or name.startswith("-"):
            raise FlagError(f"bad flag syntax: {word}")
        return name, equals, value

    def _check(self, kind: str, name: str, value: str) -> None:
        reason = trouble(kind, value)
        if not reason:
            return
        reason = reason if self._long_reasons else PARSE_ERROR
        if kind == "bool":
            raise FlagError(f'invalid boolean value "{value}" for -{name}: {reason}')
        raise FlagError(f'invalid value "{value}" for flag -{name}: {reason}')


class _PflagReader(_Reader):
    def take(self, word: str, rest: list[str]) -> None:
        if not word.startswith("--"):
            self._take_short(word)
            return
        name, equals, value = word[2:].partition("=")
        if not name or name.startswith("-"):
            raise FlagError(f"bad flag syntax: {word}")
        kind = self._kinds(name)
        if kind is None:
            if name == "help":
                raise HelpAsked("pflag: help requested")
            raise FlagError(f"unknown flag: --{name}")
        if not equals and kind == "bool":
            value = "true"
        elif not equals:
            if not rest:
                raise FlagError(f"flag needs an argument: --{name}")
            value = rest.pop(0)
        reason = trouble(kind, value)
        if reason:
            raise FlagError(f'invalid argument "{value}" for "--{name}" flag: {reason}')
        self.values.append((name, value))

    def _take_short(self, word: str) -> None:
        """One dash: letters, of which no flag here has any; a long flag's first letter is what pflag trips over."""
        if word[1] == "h":
            raise HelpAsked("pflag: help requested")
        raise FlagError(f"unknown shorthand flag: '{word[1]}' in {word}")


def trouble(kind: str, value: str) -> str:
    """Why a value is none of its kind, in Go's words; "" for one that is."""
    return _CHECKS[kind](value)


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
    if re.fullmatch(DURATION, value):
        return ""
    return f'time: missing unit in duration "{value}"' if value.isdigit() else f'time: invalid duration "{value}"'


def _bad_seconds(value: str) -> str:
    """A number of seconds, or a duration: what 17 and 18 took where they had taken numbers before."""
    return "" if not _bad_float(value) else _bad_duration(value)


_CHECKS: Final[dict[str, Callable[[str], str]]] = {
    "string": lambda value: "",
    "int": _bad_number,
    "bool": _bad_boolean,
    "float": _bad_float,
    "duration": _bad_duration,
    "seconds": _bad_seconds,
}
