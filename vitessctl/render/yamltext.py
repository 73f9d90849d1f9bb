"""Values in YAML: bare where that is safe, else as JSON, which is YAML too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import yaml

from vitessctl.render.marks import (
    CACHED,
    END,
    QUOTED,
    Fragment,
    Quoted,
    Structure,
    ValueRefused,
    encodable,
    kind_of,
    scalar_text,
    shown,
)

_PLAIN = re.compile(r"[A-Za-z0-9/_][A-Za-z0-9/_.+-]*")
_LONGEST_BARE_KEY = 317  # a label's key: 253 of a domain, a slash, 63 of a name
_WORDS_WITH_MEANING = frozenset({"y", "n", "nan", "inf", "infinity"})
# What JSON leaves alone but YAML takes for a line break or refuses inside quotes.
_ESCAPE = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")
_RESERVED = re.compile("[\ue000-\ue004]")  # the tokens of raw.py: of structure, unlike of text, all is parsed
_resolver = yaml.resolver.Resolver()


@lru_cache(maxsize=CACHED)
def plain(text: str) -> str:
    """The text, if YAML reads it bare as that text; ValueRefused otherwise."""
    if _PLAIN.fullmatch(text) is None:
        raise ValueRefused(f"{shown(text)} could be read as YAML structure; write {{{{ value | q }}}}")
    if not stays_text(text):
        raise ValueRefused(
            f"{shown(text)} would be read as a number, a date or a truth value; write {{{{ value | q }}}}"
        )
    return text


def stays_text(text: str) -> bool:
    """Whether YAML 1.1 and 1.2 readers both take the bare scalar for text."""
    tag = _resolver.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return tag == "tag:yaml.org,2002:str" and text.lower() not in _WORDS_WITH_MEANING and not _is_number(text)


@lru_cache(maxsize=CACHED, typed=True)
def quote(value: Any) -> Quoted:
    """Text or a whole number as a double-quoted scalar, which YAML always reads as that text."""
    encoded = json.dumps(scalar_text(value), ensure_ascii=False)
    return Quoted(_escaped(encoded))


def as_json(value: Any) -> Structure:
    """Maps, lists and scalars that the user wrote, as JSON, which is YAML too."""
    text = json_text(value)
    if _RESERVED.search(text):
        raise ValueRefused("it holds characters of Unicode's private use area")
    return text


def json_text(value: Any) -> Structure:
    """Maps, lists and scalars that the user wrote, as the content of a JSON file."""
    return Structure(_escaped(encodable(json.dumps(_plain_data(value), ensure_ascii=False))))


def pairs(values: Any, indent: int = 0) -> Fragment:
    """A map of texts as `key: "value"`, one a line; `indent` is where the first one stands."""
    if not isinstance(values, Mapping):
        raise ValueRefused(f"the filter 'pairs' takes a map, not {kind_of(values)}")
    return _lines((f"{_key(key)}: {QUOTED}{quote(value)}{END}" for key, value in values.items()), indent)


def items(values: Any, indent: int = 0) -> Fragment:
    """A list of texts as `- "value"`, one a line; `indent` is where the first one stands."""
    if not isinstance(values, list | tuple):
        raise ValueRefused(f"the filter 'items' takes a list, not {kind_of(values)}")
    return _lines((f"- {QUOTED}{quote(value)}{END}" for value in values), indent)


def _lines(lines: Iterable[str], indent: int) -> Fragment:
    return Fragment(f"\n{' ' * indent}".join(lines))


@lru_cache(maxsize=CACHED)
def _key(text: str) -> str:
    """A key that may stand bare is as good as a part of the template: keys differ little between documents."""
    try:
        return plain(text) if len(text) <= _LONGEST_BARE_KEY else f"{QUOTED}{quote(text)}{END}"
    except ValueRefused:
        return f"{QUOTED}{quote(text)}{END}"


def _escaped(encoded: str) -> str:
    return _ESCAPE.sub(lambda found: f"\\u{ord(found[0]):04x}", encoded)


def _plain_data(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {scalar_text(key): _plain_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_data(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        raise ValueRefused(f"{value} has no place in JSON")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise ValueRefused(f"{kind_of(value)} has no place in JSON")


def _is_number(text: str) -> bool:
    bare = text.replace("_", "")
    for parse in (float, lambda found: int(found, 0)):
        try:
            parse(bare)
        except ValueError:
            continue
        return True
    return False
