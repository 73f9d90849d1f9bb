"""Raw renderings: literal text of a template and, marked in it, the values that it placed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vitessctl.errors import TemplateError
from vitessctl.render.marks import END, PLAIN, QUOTED, STRUCTURE

_MARKED = re.compile(f"([{PLAIN}{QUOTED}{STRUCTURE}])([^{END}]*){END}")
_NO_MARKS = bytes(set(range(256)) - set(f"{PLAIN}{QUOTED}{STRUCTURE}{END}".encode()))
_TOKEN = re.compile("\ue000([0-9]+)\ue001")
RESERVED = re.compile("[\ue000-\ue004]|\\\\[uU]0*[eE]00[0-4]")
"""The characters that tokens are made of, as such and as YAML and JSON escape them."""


@dataclass(frozen=True)
class Raw:
    """Literals and values in turn: there is one literal more than there are values."""

    literals: tuple[str, ...]
    kinds: tuple[str, ...]
    """PLAIN, QUOTED or STRUCTURE for each value."""
    values: tuple[str, ...]

    @property
    def text(self) -> str:
        """The text as it is applied."""
        return self.text_with(self.values)

    def text_with(self, values: tuple[str, ...]) -> str:
        """The text with other values in their places."""
        pieces = [*self.literals, *values]
        pieces[0::2], pieces[1::2] = self.literals, values
        return "".join(pieces)


def split(raw: str) -> Raw:
    """A raw rendering taken apart. As `_MARKED` does it, which takes five times as long: cut at every mark."""
    marks = raw.encode("utf-8", "surrogatepass").translate(None, _NO_MARKS).decode()
    kinds, ends = marks[0::2], marks[1::2]
    if END in kinds or ends != END * len(kinds):  # the template itself holds such characters
        found = _MARKED.split(raw)
        return Raw(tuple(found[0::3]), tuple(found[1::3]), tuple(found[2::3]))
    parts = raw.replace(PLAIN, END).replace(QUOTED, END).replace(STRUCTURE, END).split(END)
    return Raw(tuple(parts[0::2]), tuple(kinds), tuple(parts[1::2]))


def token(number: int) -> str:
    """What stands for value `number` while the text around it is parsed; no template holds these characters."""
    return f"\ue000{number}\ue001"


def holds_tokens(literals: tuple[str, ...]) -> bool:
    """Whether a template itself holds the characters that tokens are made of: the private use area of Unicode."""
    return any(RESERVED.search(literal) for literal in literals)


def pieces_of(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Text with tokens as pieces between them and the numbers of the tokens."""
    parts = _TOKEN.split(text)
    return tuple(parts[0::2]), tuple(int(number) for number in parts[1::2])


def filled(pieces: tuple[str, ...], numbers: tuple[int, ...], values: tuple[str, ...]) -> str:
    """The pieces with the values of the numbers between them."""
    return pieces[0] + "".join(values[number] + piece for number, piece in zip(numbers, pieces[1:], strict=True))


def not_legal(template: str, why: str, line: int = 0, text: str = "") -> TemplateError:
    """The error for a rendered document; `line` counts in what was rendered, 0 where it is not known."""
    lines = text.splitlines()
    return TemplateError(
        "what the template rendered is not right",
        where=f"{template} (line {line} of the rendered text)" if line else template,
        why=why,
        evidence=[lines[line - 1].strip()] if 0 < line <= len(lines) else (),
    )
