"""A visitor of the guestbook over HTTP, without a browser."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

SECONDS = 20.0
"""More than the guestbook's own limits together: an answer later than that is none."""


@dataclass(frozen=True)
class Seen:
    """A page, after all that it leads to."""

    status: int
    text: str

    def shown(self, name: str) -> str:
        """The text of the element with an id, "" where there is none."""
        found = re.search(rf'<(\w+)[^>]*id="{name}"[^>]*>(.*?)</\1>', self.text, re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[2])).split()) if found else ""

    @property
    def messages(self) -> list[str]:
        """The texts, the newest first."""
        found = re.search(r'id="messages">(.*?)</ol>', self.text, re.DOTALL)
        return [unescape(text) for text in re.findall(r"<p>(.*?)</p>", found[1], re.DOTALL)] if found else []

    @property
    def created(self) -> str:
        """What the form repeats of an earlier try."""
        found = re.search(r'name="created" value="(\d+)"', self.text)
        return found[1] if found else ""


@dataclass(frozen=True)
class Visitor:
    """Whoever knows the address."""

    url: str

    def get(self, path: str) -> Seen:
        """Look at a page."""
        return self._ask(self.url + path)

    def post(self, page: int, text: str, created: str = "") -> Seen:
        """Post a message; gives the page that this leads to."""
        form = urllib.parse.urlencode({"message": text, "created": created}).encode()
        return self._ask(f"{self.url}/page/{page}", form)

    def until(self, page: int, messages: Sequence[str], seconds: float = 30.0) -> Seen:
        """Reload a page until it shows these messages, in any order: a replica has them a moment after the primary.

        AssertionError with what it shows instead.
        """
        deadline = time.monotonic() + seconds
        while sorted((seen := self.get(f"/page/{page}")).messages) != sorted(messages):
            assert time.monotonic() < deadline, f"page {page} shows {seen.messages}, not {messages}"
            time.sleep(0.1)
        return seen

    @staticmethod
    def _ask(url: str, form: bytes | None = None) -> Seen:
        response: Any
        try:
            response = urllib.request.urlopen(url, form, SECONDS)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return Seen(response.status, response.read().decode())
