"""How values enter rendered text without becoming structure.

Two ways only: a value is plain enough that its text format cannot read it as anything but itself, or it
went through a filter that quotes it and marks the result. Everything else is refused.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from vitessctl.render.layout import Expanded

PLAIN, QUOTED, STRUCTURE, END = "\x01", "\x02", "\x03", "\x04"
"""Put before and after every placed value in the raw rendering, so that text and values can be told apart later."""
MARKS = str.maketrans("", "", PLAIN + QUOTED + STRUCTURE + END)


class Quoted(str):
    """Text that a quoting filter of this module gave."""

    __slots__ = ()


class Structure(str):
    """JSON that stands for more than a scalar, because the user wrote such a value."""

    __slots__ = ()


class Fragment(str):
    """What a block, a macro or a caller of the template itself gave: its values were checked already."""

    __slots__ = ()


class ValueRefused(ValueError):
    """A template tried to place a value that could change the meaning of the text around it."""


CACHED = 16384
"""Values that are remembered: documents of one kind share most of theirs."""

_PLAIN_YAML = re.compile(r"[A-Za-z0-9/_][A-Za-z0-9/_.+-]*")
_PLAIN_CONF = re.compile(r"[A-Za-z0-9/_.:@,+=-]+")
_STATE_PATH = re.compile(r"(--[a-z0-9_.-]+=)?%\(here\)s[A-Za-z0-9/_.-]*")
_WORDS_WITH_MEANING = frozenset({"y", "n", "nan", "inf", "infinity"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL_BUT_SPACE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# What JSON leaves alone but YAML takes for a line break or refuses inside quotes; and the tokens of raw.py.
_ESCAPE_IN_YAML = re.compile("[\x7f-\xa0\u2028\u2029\ue000-\ue004\ufeff\ufffe\uffff]")
_COMMENT_IN_CONF = re.compile(r"(\s)([;#])")
_resolver = yaml.resolver.Resolver()


@lru_cache(maxsize=CACHED)
def plain_yaml(text: str) -> str:
    """The text, if YAML reads it bare as that text; ValueRefused otherwise."""
    if _PLAIN_YAML.fullmatch(text) is None:
        raise ValueRefused(f"{_shown(text)} could be read as YAML structure; write {{{{ value | q }}}}")
    if not stays_text(text):
        raise ValueRefused(
            f"{_shown(text)} would be read as a number, a date or a truth value; write {{{{ value | q }}}}"
        )
    return text


def stays_text(text: str) -> bool:
    """Whether YAML 1.1 and 1.2 readers both take the bare scalar for text."""
    tag = _resolver.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return tag == "tag:yaml.org,2002:str" and text.lower() not in _WORDS_WITH_MEANING and not _is_number(text)


@lru_cache(maxsize=CACHED, typed=True)
def quote_yaml(value: Any) -> Quoted:
    """Text or a whole number as a double-quoted scalar, which YAML always reads as that text."""
    encoded = json.dumps(_scalar(value), ensure_ascii=False)
    return Quoted(_ESCAPE_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", encoded))


def json_for_yaml(value: Any) -> Structure:
    """Maps, lists and scalars that the user wrote, as JSON, which is YAML too."""
    encoded = json.dumps(_plain_data(value), ensure_ascii=False)
    if _SURROGATE.search(encoded):
        raise ValueRefused("text with half a surrogate pair cannot be written as UTF-8")
    return Structure(_ESCAPE_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", encoded))


def pairs(values: Any, indent: int = 0) -> Fragment:
    """A map of texts as `key: "value"`, one a line; `indent` is where the first one stands."""
    if not isinstance(values, Mapping):
        raise ValueRefused(f"the filter 'pairs' takes a map, not {_kind(values)}")
    return _lines((f"{_key(key)}: {QUOTED}{quote_yaml(value)}{END}" for key, value in values.items()), indent)


def items(values: Any, indent: int = 0) -> Fragment:
    """A list of texts as `- "value"`, one a line; `indent` is where the first one stands."""
    if not isinstance(values, list | tuple):
        raise ValueRefused(f"the filter 'items' takes a list, not {_kind(values)}")
    return _lines((f"- {QUOTED}{quote_yaml(value)}{END}" for value in values), indent)


def _lines(lines: Iterable[str], indent: int) -> Fragment:
    return Fragment(f"\n{' ' * indent}".join(lines))


@lru_cache(maxsize=CACHED)
def _key(text: str) -> str:
    try:
        return f"{PLAIN}{plain_yaml(text)}{END}"
    except ValueRefused:
        return f"{QUOTED}{quote_yaml(text)}{END}"


def plain_conf(text: str) -> str:
    """The text, if it is one bare word of a supervisor file; ValueRefused otherwise."""
    pattern = _STATE_PATH if isinstance(text, Expanded) else _PLAIN_CONF
    if pattern.fullmatch(text) is None:
        raise ValueRefused(f"{_shown(text)} could be read as more than one word; write {{{{ value | q }}}}")
    return text


def quote_conf(value: Any) -> Quoted:
    """One word of a supervisor command: safe from the INI parser, from %-expansion and from word splitting."""
    text = _scalar(value)
    if isinstance(value, Expanded):
        return Quoted(f"'{plain_conf(value)}'")
    if _CONTROL.search(text):
        raise ValueRefused(f"{_shown(text)} holds a line break or control character, which a command line cannot carry")
    quoted = shlex.quote(text).replace("%", "%%")
    # supervisor replaces %(here)s before it undoes %%, and cuts a line at ' ;' and ' #'; a pair of quotes parts them.
    return Quoted(_COMMENT_IN_CONF.sub(r"\1''\2", quoted.replace("%%(", "%%''(")))


def plain_cnf(text: str) -> str:
    """The text, if it is one word of a my.cnf; ValueRefused otherwise."""
    if _PLAIN_CONF.fullmatch(text) is None:
        raise ValueRefused(f"{_shown(text)} could be read as more than a value of my.cnf")
    return text


def verbatim(value: Any) -> Quoted:
    """A whole text that the user wrote for just this file, as it is."""
    text = _scalar(value)
    if _CONTROL_BUT_SPACE.search(text):
        raise ValueRefused(f"{_shown(text)} holds a control character, which has no place in a text file")
    return Quoted(text)


def plain_json(text: str) -> str:
    """Nothing is plain in JSON."""
    raise ValueRefused(f"{_shown(text)} is not JSON; write {{{{ value | json }}}}")


@dataclass(frozen=True)
class Syntax:
    """One text format: how a bare value is checked, and which filters quote."""

    plain: Callable[[str], str]
    filters: Mapping[str, Callable[..., Quoted | Structure | Fragment]]


SYNTAXES: Mapping[str, Syntax] = {
    ".yaml.j2": Syntax(plain_yaml, {"q": quote_yaml, "json": json_for_yaml, "pairs": pairs, "items": items}),
    ".conf.j2": Syntax(plain_conf, {"q": quote_conf}),
    ".cnf.j2": Syntax(plain_cnf, {"verbatim": verbatim}),
    ".sql.j2": Syntax(plain_cnf, {}),
    ".json.j2": Syntax(plain_json, {"json": json_for_yaml}),
}
"""By the ending of the template's name."""


def _scalar(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueRefused(f"the filter takes text or a whole number, not {_kind(value)}")
    text = value.translate(MARKS) if isinstance(value, Fragment) else str(value)
    if _SURROGATE.search(text):
        raise ValueRefused("text with half a surrogate pair cannot be written as UTF-8")
    return text


def _plain_data(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_scalar(key): _plain_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_data(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        raise ValueRefused(f"{value} has no place in JSON")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise ValueRefused(f"{_kind(value)} has no place in JSON")


def _is_number(text: str) -> bool:
    bare = text.replace("_", "")
    for parse in (float, lambda found: int(found, 0)):
        try:
            parse(bare)
        except ValueError:
            continue
        return True
    return False


def _kind(value: Any) -> str:
    names = {bool: "a truth value", type(None): "nothing (none)", dict: "a map", list: "a list", tuple: "a list"}
    return "a function" if callable(value) else names.get(type(value), f"a {type(value).__name__}")


def kind_of(value: Any) -> str:
    """What a value is, in words for a person who writes templates."""
    return _kind(value)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
