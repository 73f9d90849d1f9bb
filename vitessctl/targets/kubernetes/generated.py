"""What is made up once and then kept: passwords that a person did not choose.

They are random, so rendering, which is the same every time, cannot hold them. They are put into the object when it is
applied: what the live object has stays, only what it lacks is made.
"""

from __future__ import annotations

import secrets
from functools import cache

from vitessctl.render.documents import Document
from vitessctl.render.generated import filled
from vitessctl.targets.kubernetes.interface import KubernetesObject

_BYTES = 24


def completed(document: Document, live: KubernetesObject | None) -> KubernetesObject:
    """The object to apply."""
    if not document.generated:
        return document.data
    existing = (live or {}).get("data") or {}
    return filled(document, existing, Maker(document.label)).data


@cache
def _made(label: str, number: int) -> str:
    """Made once a run, so that what was planned is what is applied."""
    return secrets.token_urlsafe(_BYTES)


class Maker:
    """Gives the values of one Secret, one after the other, the same ones each time it is asked anew in a run."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._count = 0

    def __call__(self) -> str:
        """The next value."""
        self._count += 1
        return _made(self._label, self._count)
