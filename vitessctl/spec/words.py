"""Words for a person: what was meant, and lists as one reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

_PLAIN = re.compile(r"[^\s{}\[\],:#\"'&*!|>%@`]+(?:[ :@][^\s{}\[\],:#\"'&*!|>%@`]+)*")
"""Text that needs no quotes in YAML, images with their tags included."""


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known name that is most like `word`; None if none is."""
    import difflib

    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean replica?`, or nothing if no known name is near."""
    near = closest(word, known)
    return f"did you mean {near}?" if near else ""


def listed(words: Iterable[str], last: str = "or") -> str:
    """`a, b or c`."""
    *some, end = list(words)
    return f"{', '.join(some)} {last} {end}" if some else end


def counted(number: int, noun: str) -> str:
    """`1 tablet`, `2 tablets`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def shown(value: Any) -> str:
    """A value as a person would write it in YAML, on one line and shortened."""
    text = _flow(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=not value.isprintable())
    return str(value) if isinstance(value, float) else json.dumps(value)


def kind_of(value: Any) -> str:
    """What a person calls a value of this type."""
    for kind, name in _KINDS:
        if isinstance(value, kind):
            return name
    return "nothing"


_KINDS: tuple[tuple[type, str], ...] = (
    (dict, "a map"),
    (list, "a list"),
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a decimal number"),
    (str, "text"),
)
