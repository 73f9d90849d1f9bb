"""Ways in which a server ends before it serves."""

from __future__ import annotations


class StartError(Exception):
    """The server cannot start. `text` is what the real one says; `usage` prints it cobra's way before the log line."""

    def __init__(self, text: str, *, code: int = 1, usage: bool = False, logged: bool = True) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.usage = usage
        self.logged = logged
