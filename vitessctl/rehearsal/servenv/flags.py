"""Command lines, read as strictly as the release reads them.

From release 15 the parser is pflag's (two dashes), before it Go's (one or two). Which flags a component has comes
from `vitessctl.releases`; which are booleans, numbers or durations from flag_types.json (Vitess' own help texts and
sources; a flag that is not in it is a string), where releases differ from flag_types_by_release.json.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.flagset import DURATION, TRUE, Dialect, FlagError, HelpAsked, parse

if TYPE_CHECKING:
    from vitessctl.releases import Release

_UNITS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}

Types = Mapping[str, str]
"""Flag with dashes to bool, int, duration, float or seconds; strings are absent."""


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
    if not DURATION.fullmatch(text):
        return float(text)
    total = sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"([\d.]+)(ns|us|µs|ms|s|m|h)", text))
    return -total if text.startswith("-") else total


def load_types(release: Release | None = None) -> Types:
    """What kind of value each flag takes, in a release; without one, in the newest."""
    types = _by_flag(_read("flag_types.json"))
    for range_, kinds in _read("flag_types_by_release.json").items() if release else ():
        if release and release.within(range_):
            types |= _by_flag(kinds)
    return types


def _by_flag(kinds: Mapping[str, str]) -> dict[str, str]:
    return {flag: kind for kind, flags in kinds.items() for flag in flags.split()}


def _read(name: str) -> dict[str, Any]:
    with open(os.path.join(os.path.dirname(__file__), name), encoding="ascii") as file:
        found: dict[str, Any] = json.load(file)
        return found


@dataclass(frozen=True)
class Ending:
    """How a program of a release ends that does not understand its command line."""

    code: int
    logged: bool
    """Whether the error is also the last log line, and stands behind `Error: `, as cobra has it."""


GO_ENDING: Final = Ending(code=2, logged=False)
PFLAG_ENDING: Final = Ending(code=2, logged=False)
COBRA_ENDING: Final = Ending(code=1, logged=True)
COBRA: Final = "18.."
"""From here on the programs are cobra's; before that pflag ends them itself."""


class Parser:
    """One component's command line in one release."""

    def __init__(
        self,
        accepts: Callable[[str], bool],
        dashed: bool,
        go: bool,
        types: Types,
        long_reasons: bool = False,
        ending: Ending | None = None,
        component: str = "",
        ignores_words: bool = False,
    ) -> None:
        self._accepts = accepts
        self._dashed = dashed
        """Whether the release's own spelling is with dashes (from 23): then underscores draw a warning."""
        self._dialect = Dialect(pflag=not go, long_reasons=long_reasons)
        self._types = types
        self._ending = ending or (GO_ENDING if go else COBRA_ENDING)
        self._component = component
        self._ignores_words = ignores_words

    def parse(self, arguments: Sequence[str]) -> Flags:
        """The flags of a command line. Raises StartError with the release's own words and exit code."""
        try:
            parsed = parse(arguments, self._kind, self._dialect)
        except HelpAsked:
            raise StartError("", code=0, usage=True, logged=False) from None
        except FlagError as error:
            ending = self._ending
            raise StartError(str(error), code=ending.code, usage=True, logged=ending.logged) from None
        if parsed.words and not self._ignores_words:
            raise self._stray(parsed.words)
        return Flags({name.replace("_", "-"): value for name, value in parsed.values}, arguments)

    def _stray(self, words: Sequence[str]) -> StartError:
        """Words that are no flags: cobra takes the first for a command, the others say that they want none."""
        if self._ending == COBRA_ENDING:
            return StartError(f'unknown command "{words[0]}" for "{self._component}"', usage=True)
        return StartError(f"{self._component} doesn't take any positional arguments, got '{' '.join(words)}'")

    def _kind(self, name: str) -> str | None:
        if name == "help" or not self._accepts(name):
            return None
        dashes = name.replace("_", "-")
        if self._dashed and "_" in name and not name.startswith("log_"):
            sys.stderr.write(f"Flag --{name} has been deprecated, use --{dashes} instead \n")
        return self._types.get(dashes, "string")


def release_parser(component: str, release: Release) -> Parser:
    """The parser of a component as the release has it."""
    go = release.flag_parser == "go"
    return Parser(
        accepts=lambda flag: release.accepts(component, flag),
        dashed=release.within("23.."),
        go=go,
        types=load_types(release),
        long_reasons=release.within("..3"),
        ending=GO_ENDING if go else COBRA_ENDING if release.within(COBRA) else PFLAG_ENDING,
        component=component,
        ignores_words=release.within("..2.1") and component != "vttablet",
    )
