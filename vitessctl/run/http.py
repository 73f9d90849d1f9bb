"""Reading the servers' HTTP pages, with a short deadline and no surprises."""

from __future__ import annotations

import email.utils
import http.client
import json
from dataclasses import dataclass
from typing import Any

from vitessctl.targets.base import Address


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; `status` is 0 when there was none, and `text` then says why."""

    status: int
    text: str
    date: str = ""
    """The server's clock, in the words of the header Date."""

    @property
    def ok(self) -> bool:
        """Whether the status is 200."""
        return self.status == 200

    def json(self) -> Any:
        """The body as JSON, None if it is not."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None


def get(address: Address, path: str, seconds: float = 2.0) -> Answer:
    """GET a page; never raises. The deadline counts for each read, as a frozen server sends nothing at all."""
    connection = http.client.HTTPConnection(address.host, address.port, timeout=seconds)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        return Answer(response.status, text, response.headers.get("Date") or "")
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, _plain(error, address))
    finally:
        connection.close()


def _plain(error: Exception, address: Address) -> str:
    if address.silence:
        return address.silence
    if isinstance(error, ConnectionRefusedError):
        return f"nothing listens on {address.shown}"
    if isinstance(error, TimeoutError):
        return f"{address.shown} does not answer"
    return f"{address.shown}: {error or type(error).__name__}"


def date_of(header: str) -> float | None:
    """Seconds since the epoch of a date in a header: whole ones, in GMT (RFC 9110, 5.6.7); None if it is none."""
    if not header.endswith(" GMT"):
        return None
    try:
        return email.utils.parsedate_to_datetime(header).timestamp()
    except (ValueError, TypeError):
        return None
