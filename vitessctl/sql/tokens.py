"""SQL in pieces, as MySQL's own lexer cuts it: enough to see where a statement ends and what its words are. Pure.

What is within quotes or comments is no word. A comment that MySQL runs (`/*! ... */`) is a piece of its own kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from vitessctl.errors import UsageError


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    QUOTED = "quoted"
    """A string, or a name within backticks."""
    NUMBER = "number"
    SYMBOL = "symbol"
    """One character."""
    END = "end"
    """A semicolon, or `\\G` or `\\g` as the mysql program has them."""
    EXECUTED = "executed"
    """A comment whose text MySQL runs."""


@dataclass(frozen=True)
class Token:
    """A piece of SQL and where it stands."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """In capitals, "" for what is no word."""
        return self.text.upper() if self.kind is Kind.WORD else ""


_PATTERNS = (
    ("executed", r"/\*(?:!|M!).*?\*/"),
    ("comment", r"/\*.*?\*/|--(?=[\s\x00-\x1f]|\Z)[^\n]*|\#[^\n]*"),
    ("end", r";|\\[Gg]"),
    ("number", r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?(?![\w$])|\.\d+(?:[eE][+-]?\d+)?(?![\w$])"),
    ("word", r"@{0,2}[\w$]+"),
    ("open", r"/\*|['\"`]"),
    ("symbol", r"\S"),
)
_STRINGS = {
    True: r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\"|`(?:[^`]|``)*`",
    False: r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`",
}
"""By whether a backslash escapes within quotes, which the mode NO_BACKSLASH_ESCAPES switches off."""
_LEXERS = {
    escapes: re.compile(
        "|".join(f"(?P<{name}>{pattern})" for name, pattern in (("quoted", strings), *_PATTERNS)), re.DOTALL
    )
    for escapes, strings in _STRINGS.items()
}


def tokens(text: str, backslash_escapes: bool = True) -> Iterator[Token]:
    """The tokens of a text, comments left out. Raises UsageError where quotes or a comment are not closed."""
    for match in _LEXERS[backslash_escapes].finditer(text):
        kind = str(match.lastgroup)
        if kind == "open":
            raise _unclosed(text, match)
        if kind != "comment":
            yield Token(Kind(kind), match[0], match.start(), match.end())


def _unclosed(text: str, match: re.Match[str]) -> UsageError:
    line = text.count("\n", 0, match.start()) + 1
    what = "a comment is" if match[0] == "/*" else f"the quotes {match[0]} are"
    return UsageError(f"{what} not closed in the SQL", where=f"line {line}", fix="close it; nothing was run")


@dataclass(frozen=True)
class Statement:
    """One statement as it was written, without what ends it."""

    text: str
    number: int
    """From 1."""
    vertical: bool = False
    """Whether it ended with `\\G`: its rows are wanted one below the other."""


def statements(text: str) -> tuple[Statement, ...]:
    """The statements of a text, cut where they end. Raises UsageError where quotes or a comment are not closed."""
    found: list[Statement] = []
    start, empty = 0, True
    for token in (*tokens(text), Token(Kind.END, ";", len(text), len(text))):
        if token.kind is not Kind.END:
            empty = False
            continue
        if not empty:
            found.append(Statement(text[start : token.start].strip(), len(found) + 1, token.text == r"\G"))
        start, empty = token.end, True
    return tuple(found)
