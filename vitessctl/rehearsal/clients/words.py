"""Command lines of clients, where flags may stand anywhere between the words."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class UsageError(Exception):
    """A command line that the program refuses; str() is what it says."""


@dataclass(frozen=True)
class CommandLine:
    """The words, and the flags by their names with dashes."""

    words: tuple[str, ...]
    flags: Mapping[str, str]


def split(arguments: Sequence[str], kinds: Mapping[str, str]) -> CommandLine:
    """Take a command line apart. `kinds` names each flag's kind; a `bool` needs no value. UsageError."""
    words: list[str] = []
    flags: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            words.append(word)
            continue
        given, equals, value = word[2:].partition("=")
        name = _known(given, kinds)
        if not equals:
            value = _value(name, kinds, rest)
        flags[name] = value
    return CommandLine(tuple(words), flags)


def _known(given: str, kinds: Mapping[str, str]) -> str:
    """The flag's name with dashes; older spellings draw the warning that they draw from release 23 on."""
    if given in kinds:
        return given
    dashes = given.replace("_", "-")
    if dashes not in kinds:
        raise UsageError(f"unknown flag: --{given}")
    sys.stderr.write(f"Flag --{given} has been deprecated, use --{dashes} instead \n")
    return dashes


def _value(name: str, kinds: Mapping[str, str], rest: list[str]) -> str:
    if kinds[name] == "bool":
        return "true"
    if not rest:
        raise UsageError(f"flag needs an argument: --{name}")
    return rest.pop(0)
