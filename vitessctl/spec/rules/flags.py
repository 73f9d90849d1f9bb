"""extra_flags are flags that the release has: an unknown one ends the server at once."""

from __future__ import annotations

from collections.abc import Iterator

from vitessctl.releases import UnknownFlagError
from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.view import View

UNCHECKED = ("etcd",)
"""Components whose flags are not in the catalogue."""


def flags_exist(view: View) -> Iterator[Finding]:
    """Each flag, in whatever spelling, is there in the release."""
    if view.release is None:
        return
    for component, flags in view.spec.data.get("extra_flags", {}).items():
        for flag in flags if component not in UNCHECKED else ():
            try:
                view.release.spelling(component, flag)
            except UnknownFlagError as error:
                path = ("extra_flags", component, flag)
                yield finding(view, path, error.what, error.why, error.fix, at_key=True)
