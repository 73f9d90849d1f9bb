"""What is made up once and then kept: passwords that a person did not choose.

They are random, so rendering, which is the same every time, cannot hold them. They are put into the object when it is
applied: what the live object has stays, only what it lacks is made.
"""

from __future__ import annotations

from vitessctl.render.documents import Document
from vitessctl.targets.kubernetes.interface import KubernetesObject


def completed(document: Document, live: KubernetesObject | None) -> KubernetesObject:
    """The object to apply."""
    return document.data
