"""What a scalar without quotes means.

YAML 1.1 makes guesses that surprise: `no` is false, `1.10` is 1.1, `0755` is 493, `12:30` is 750. Here a
scalar is a whole number, a decimal number, true, false or nothing only when it can mean nothing else (the
core rules of YAML 1.2, without octal and hexadecimal); all else is the text as it is written. Where the
schema wants text, a number too is the text as it is written (see coerce).
"""

from __future__ import annotations

import math
import re
from typing import Any

_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "True": True, "false": False, "False": False}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{1,18}(?:[eE][-+]?[0-9]{1,3})?")


class Written(float):
    """A decimal number that prints as it was written: `1.10` stays `1.10`."""

    text: str

    def __new__(cls, text: str) -> Written:
        """The number that `text` stands for."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __str__(self) -> str:
        return self.text


def read(text: str) -> Any:
    """The value of a scalar without quotes: None, bool, int, float, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and math.isfinite(float(text)):
        return Written(text)
    return text
