"""Names and label values that Kubernetes accepts, the same for the same parts on every run.

What is legal already stays as it is. What is not is spelled with legal letters and gets a hash of the
original, so that two different things never share a name.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache

OBJECT_NAME_LIMIT = 52
"""A StatefulSet adds `-<10 characters>` to its name for a label, and a label value has 63 at most."""
LABEL_LIMIT = 63

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_LABEL = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?")
_HASH_LENGTH = 8


@cache
def object_name(*parts: str) -> str:
    """A DNS-1123 label of the parts with dashes between, at most OBJECT_NAME_LIMIT characters."""
    name = "-".join(part for part in parts if part)
    if len(name) <= OBJECT_NAME_LIMIT and _NAME.fullmatch(name):
        return name
    legal = re.sub(r"[^a-z0-9]+", "-", name.lower())
    return _with_hash(legal, "\0".join(parts), OBJECT_NAME_LIMIT, "x")


@cache
def label_value(text: str) -> str:
    """A legal label value for any text, at most LABEL_LIMIT characters."""
    if len(text) <= LABEL_LIMIT and _LABEL.fullmatch(text):
        return text
    return _with_hash(re.sub(r"[^A-Za-z0-9_.-]+", "-", text), text, LABEL_LIMIT, "x")


def _with_hash(legal: str, original: str, limit: int, otherwise: str) -> str:
    digest = hashlib.sha256(original.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_LENGTH]
    head = legal[: limit - _HASH_LENGTH - 1].strip("-_.") or otherwise
    return f"{head}-{digest}"
