"""Marks around the values in a raw rendering, and the types of what may be placed.

Two ways only for a value to enter text: it is plain enough that the text's format cannot read it as
anything but itself, or it went through a filter that quotes it and says so by its type. All else is
refused.
"""

from __future__ import annotations

import re
from typing import Any

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

_SURROGATE = re.compile("[\ud800-\udfff]")


def scalar_text(value: Any) -> str:
    """Text or a whole number as text; ValueRefused for anything else. Marks of a fragment are taken out."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueRefused(f"the filter takes text or a whole number, not {kind_of(value)}")
    return encodable(value.translate(MARKS) if isinstance(value, Fragment) else str(value))


def encodable(text: str) -> str:
    """The text, if it can be written as UTF-8."""
    if _SURROGATE.search(text):
        raise ValueRefused("text with half a surrogate pair cannot be written as UTF-8")
    return text


def kind_of(value: Any) -> str:
    """What a value is, in words for a person who writes templates."""
    names = {bool: "a truth value", type(None): "nothing (none)", dict: "a map", list: "a list", tuple: "a list"}
    return "a function" if callable(value) else names.get(type(value), f"a {type(value).__name__}")


def shown(text: str) -> str:
    """A value in a message, not too long."""
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
