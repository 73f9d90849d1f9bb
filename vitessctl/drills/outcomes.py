"""What clients saw, as a list of timed outcomes, and what that makes: outages and errors. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

SLOW_SECONDS = 1.0
"""From when on a time without an answer counts as an outage although nobody got an error: a statement just hung."""
_IDENTITIES = (
    (re.compile(r"rpc error: code = [\w()]+ desc = "), ""),
    (re.compile(r"\b[a-z][-\w]*-\d{10}\b"), "TABLET"),
    (re.compile(r"\b\d+\.\d+\.\d+\.\d+:\d+\b"), "ADDRESS"),
    (re.compile(r"\buid:\d+"), "uid:N"),
    (re.compile(r"vitessctl_drill_\w+"), "TABLE"),
    (re.compile(r"\bvt_\d{10}\b"), "vt_N"),
    (re.compile(r"(?<=[( =])(?<!error )(?<!errno )\d{2,}(?=[),])"), "N"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b"), "UUID"),
)
"""What differs from one error to the next of its kind."""
LONGEST_ERROR = 160


@dataclass(frozen=True)
class Outcome:
    """One statement of one client; seconds of the drill's clock."""

    began: float
    ended: float
    error: str = ""
    """What the client was told; "" if it worked."""

    @property
    def ok(self) -> bool:
        """Whether it worked."""
        return not self.error


@dataclass(frozen=True)
class Outage:
    """What one client went through from the kill on. Seconds count from the kill."""

    tries: int
    failed: int
    longest: float
    """The longest time between two successes with an error in it, or longer than SLOW_SECONDS; 0 if there is none."""
    total: float
    """All such times together."""
    first_failure: float | None
    last_failure: float | None
    last_success: float | None
    over: bool
    """Whether it worked again in the end."""
    errors: tuple[tuple[str, int], ...]
    """What the client was told, without names of tablets and the like, and how often; the most frequent first."""


def outage(outcomes: Sequence[Outcome], killed: float, until: float) -> Outage:
    """The outage that the outcomes of one client, in order, tell of; they were watched until then."""
    after = [each for each in outcomes if each.ended > killed]
    failures = [each for each in after if not each.ok]
    successes = [each.ended for each in after if each.ok]
    before = [each.ended for each in outcomes if each.ok and each.ended <= killed]
    gaps = list(_gaps(after, before[-1] if before else killed, until))
    return Outage(
        tries=len(after),
        failed=len(failures),
        longest=max(gaps, default=0.0),
        total=sum(gaps),
        first_failure=failures[0].ended - killed if failures else None,
        last_failure=failures[-1].ended - killed if failures else None,
        last_success=successes[-1] - killed if successes else None,
        over=not after or after[-1].ok,
        errors=tuple(Counter(plain(each.error) for each in failures).most_common()),
    )


def _gaps(after: Sequence[Outcome], begin: float, until: float) -> Iterator[float]:
    """The length of each time without a success that counts as an outage; the last one may be open."""
    ends = [begin, *(each.ended for each in after if each.ok), until]
    failed = [each.ended for each in after if not each.ok]
    for one, next_one in pairwise(ends):
        if next_one - one > SLOW_SECONDS or any(one < at <= next_one for at in failed):
            yield next_one - one


def plain(error: str) -> str:
    """An error without what differs from one to the next, on one line, and no longer than a line of a screen."""
    text = " ".join(error.split())
    for pattern, word in _IDENTITIES:
        text = pattern.sub(word, text)
    return text if len(text) <= LONGEST_ERROR else f"{text[: LONGEST_ERROR - 3]}..."
