"""How long a certificate is valid, read out of its DER (RFC 5280, X.690). Nothing else of it is looked at.

Python's own ssl tells it only of a certificate that it has just verified, and an expired one is what we look for.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
_SEQUENCE, _EXPLICIT_VERSION, _UTC_TIME, _GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18


@dataclass(frozen=True)
class Validity:
    """From when and until when; seconds since the epoch."""

    begins: float
    ends: float


def validity(data: bytes) -> Validity:
    """Of a certificate as PEM or DER; of several, as a chain has, of the one that ends first. ValueError if it is none.

    The keys that may be beside them in the file are passed over.
    """
    ders = [base64.b64decode(match[1]) for match in _PEM.finditer(data)] or [data]
    try:
        return min((_of_one(der) for der in ders), key=lambda found: found.ends)
    except IndexError:
        raise ValueError("this is no certificate: it ends too early") from None


def _of_one(der: bytes) -> Validity:
    certificate = _content(der, _SEQUENCE)
    fields = list(_parts(_content(certificate, _SEQUENCE)))
    if fields[0][0] == _EXPLICIT_VERSION:
        fields = fields[1:]
    _serial, _algorithm, _issuer, (tag, times) = fields[:4]
    if tag != _SEQUENCE:
        raise ValueError("this is no certificate: it has no validity")
    begins, ends = (_moment(kind, text) for kind, text in _parts(times))
    return Validity(begins, ends)


def _content(der: bytes, tag: int) -> bytes:
    found, content = next(_parts(der), (0, b""))
    if found != tag:
        raise ValueError("this is no certificate")
    return content


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(data[at : at + count], "big"), at + count
        if at + length > len(data):
            raise ValueError("this is no certificate: it ends too early")
        yield tag, data[at : at + length]
        at += length


def _moment(tag: int, text: bytes) -> float:
    """UTCTime has two digits of a year: from 50 on they are of the last century (RFC 5280, 4.1.2.5.1)."""
    written = text.decode("ascii")
    if tag == _UTC_TIME:
        written = f"{'19' if written >= '50' else '20'}{written}"
    elif tag != _GENERALIZED_TIME:
        raise ValueError("this is no certificate: its validity has no times")
    return datetime.strptime(written, "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()
