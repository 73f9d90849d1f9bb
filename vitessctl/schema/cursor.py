"""Reading tokens one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from vitessctl.schema.tokens import Token, closing


class Cursor:
    """A place in a list of tokens. All its errors are ValueErrors, which say what was expected."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self.place = 0

    @property
    def more(self) -> bool:
        """Whether anything is left."""
        return self.place < len(self._tokens)

    @property
    def here(self) -> Token:
        """The next token; ValueError at the end."""
        if not self.more:
            raise ValueError("it ends too early")
        return self._tokens[self.place]

    def sees(self, *words: str) -> bool:
        """Whether these bare words come next."""
        ahead = self._tokens[self.place : self.place + len(words)]
        return [token.word for token in ahead] == list(words)

    def accept(self, *words: str) -> bool:
        """Whether these bare words come next; if so they are taken."""
        found = self.sees(*words)
        self.place += len(words) if found else 0
        return found

    def opens(self) -> bool:
        """Whether a parenthesis opens next."""
        return self.more and self.here.kind == "mark" and self.here.text == "("

    def take(self) -> Token:
        """The next token."""
        token = self.here
        self.place += 1
        return token

    def name(self) -> str:
        """The next token, which has to be a name."""
        token = self.take()
        if token.kind not in ("word", "quoted"):
            raise ValueError(f"a name was expected before {token.text}")
        return token.name

    def group(self) -> list[Token]:
        """What stands in the parentheses that open next."""
        if not self.opens():
            raise ValueError("a parenthesis was expected" + (f" before {self.here.text}" if self.more else ""))
        end = closing(self._tokens, self.place)
        inside = list(self._tokens[self.place + 1 : end])
        self.place = end + 1
        return inside

    def text(self, written: str, begin: int) -> str:
        """What was taken since the place `begin`, as it was written in the text that the tokens come from."""
        return written[self._tokens[begin].start : self._tokens[self.place - 1].end]

    def rest(self) -> list[Token]:
        """All that is left."""
        left = list(self._tokens[self.place :])
        self.place = len(self._tokens)
        return left
