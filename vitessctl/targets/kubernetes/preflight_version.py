"""Whether the API server is of a version that can run the pods."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vitessctl.targets.kubernetes.preflight_finding import ClusterFault, Finding, Notice

OLDEST = (1, 29)
"""A tablet's MySQL is a sidecar: an init container that is restarted (restartPolicy: Always).

Kubernetes has that since 1.28, behind a gate that is shut; since 1.29 the gate is open. Where it is shut the field is
dropped without a word, and the pod waits for ever for its MySQL to end.
"""

_VERSION = re.compile(r"v?(\d+)\.(\d+)")


class TooOld(ClusterFault):
    """Kubernetes is older than what vitessctl needs."""

    def __init__(self, version: str) -> None:
        self.version = version
        super().__init__(
            f"this is Kubernetes {version}, which is too old",
            why=f"a tablet runs MySQL as a sidecar, which Kubernetes has from {_text(OLDEST)} on; an older one would"
            " wait for ever for MySQL to end",
            fix=f"use a Kubernetes of {_text(OLDEST)} or later",
        )


def check(version: str) -> Iterator[Finding]:
    """A fault if the version (`v1.34.4`, `v1.29.6-gke.1`) is too old; a notice if it says nothing.

    A server that somebody built without saying of what calls itself v0.0.0.
    """
    number = _number(version)
    if number is None or number[0] == 0:
        yield Notice(f"not checked, since the API server calls its version {version or 'nothing'}: its age")
    elif number < OLDEST:
        yield TooOld(version)


def _number(version: str) -> tuple[int, int] | None:
    found = _VERSION.match(version)
    return found and (int(found[1]), int(found[2]))


def _text(number: tuple[int, int]) -> str:
    return f"{number[0]}.{number[1]}"
