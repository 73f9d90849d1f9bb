"""SQL as tokens, with their places, so that a declaration can be repeated as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_EXECUTED_COMMENT = re.compile(r"/\*!\d*(.*?)\*/", re.DOTALL)
"""MySQL runs what stands in it; SHOW CREATE TABLE hides newer words from older servers so."""
_TOKEN = re.compile(
    r"""(?P<string>(?:\b[bxBX]|\b[nN])?'(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*")
      | (?P<quoted>`(?:[^`]|``)*`)
      | (?P<comment>--(?=[ \t\n]|$)[^\n]* | \#[^\n]* | /\*.*?\*/)
      | (?P<word>[\w$@]+(?:\.\d+)?)
      | (?P<space>\s+)
      | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """One word, name, string or mark of a statement."""

    kind: str
    """`word`, `quoted` (a name in backticks), `string`, `mark`."""
    text: str
    """As it was written."""
    start: int
    end: int

    @property
    def word(self) -> str:
        """In upper case, if it is a bare word; else ""."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str:
        """What it names: without backticks."""
        return self.text[1:-1].replace("``", "`") if self.kind == "quoted" else self.text

    @property
    def value(self) -> str:
        """What a string says: without its quotes and escapes."""
        if self.kind != "string":
            return self.text
        quote = self.text[-1]
        return re.sub(r"\\(.)", r"\1", self.text[self.text.index(quote) + 1 : -1].replace(quote * 2, quote))


def tokens_of(statement: str) -> list[Token]:
    """The tokens, without spaces and comments; places are those in `uncovered(statement)`."""
    return list(_tokens(uncovered(statement)))


def uncovered(statement: str) -> str:
    """The statement with the comments opened that MySQL runs."""
    return _EXECUTED_COMMENT.sub(r" \1 ", statement)


def statements_of(sql: str) -> tuple[str, ...]:
    """The statements of a script, without comments; a semicolon inside quotes ends nothing."""
    statements = [""]
    for match in _TOKEN.finditer(sql):
        if match.lastgroup == "mark" and match[0] == ";":
            statements.append("")
        else:
            is_comment = match.lastgroup == "comment" and not match[0].startswith("/*!")
            statements[-1] += " " if is_comment else match[0]
    return tuple(stripped for statement in statements if (stripped := statement.strip()))


def split(tokens: Sequence[Token], mark: str = ",") -> list[list[Token]]:
    """Cut at a mark, but not within parentheses."""
    pieces: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "mark" else 0
        if depth == 0 and token.kind == "mark" and token.text == mark:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces


def closing(tokens: Sequence[Token], begin: int) -> int:
    """Where the parenthesis that opens at `begin` closes; ValueError if it does not."""
    depth = 0
    for index in range(begin, len(tokens)):
        if tokens[index].kind == "mark":
            depth += {"(": 1, ")": -1}.get(tokens[index].text, 0)
            if depth == 0:
                return index
    raise ValueError("a parenthesis does not close")


def _tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        if match.lastgroup not in ("space", "comment"):
            yield Token(str(match.lastgroup), match[0], match.start(), match.end())
