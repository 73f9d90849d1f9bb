"""What is valid for a time only: certificates and tokens."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.doctor.catalogue import finding
from vitessctl.doctor.examined import Case
from vitessctl.doctor.words import date, span
from vitessctl.status.catalogue import Finding
from vitessctl.targets.ground import Expiry

SOON_SECONDS = 30 * 86400.0
"""Time enough for somebody to be asked for a new one."""
SOON_SHARE = 0.25
"""Of its whole life, for what lives for less: who makes such things renews them in their last quarter or third."""
SKEW_SECONDS = 300.0
"""By how much a clock may be off before something counts as not valid yet."""


def findings(case: Case) -> Iterator[Finding]:
    """Of each that has ended, or ends soon."""
    for expiry in case.examined.expiries:
        yield from _of(expiry, case.examined.now)


def _of(expiry: Expiry, now: float) -> Iterator[Finding]:
    left, how = expiry.ends - now, expiry.remedy
    if left <= 0:
        yield finding("expired", "", name=expiry.name, ago=span(-left), date=date(expiry.ends), how=how)
    elif expiry.begins > now + SKEW_SECONDS:
        yield finding("not-valid-yet", "", name=expiry.name, date=date(expiry.begins), how=how)
    elif left < soon(expiry):
        yield finding("expires", "", name=expiry.name, left=span(left), date=date(expiry.ends), how=how)


def soon(expiry: Expiry) -> float:
    """From how many seconds before its end on that is worth a word."""
    life = expiry.ends - expiry.begins if expiry.begins else 4 * SOON_SECONDS
    return min(SOON_SECONDS, SOON_SHARE * life)
