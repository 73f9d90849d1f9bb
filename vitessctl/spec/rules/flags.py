"""extra_flags are flags that the release has, with values that it can read: else the server ends at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vitessctl.releases import Release, UnknownFlagError
from vitessctl.releases.knowledge import flag_key
from vitessctl.spec.rules.finding import Finding, finding
from vitessctl.spec.view import View

UNCHECKED = ("etcd",)
"""Components whose flags are not in the catalogue."""


class _Given(NamedTuple):
    component: str
    flag: str
    value: str
    release: Release

    @property
    def path(self) -> tuple[str, str, str]:
        return ("extra_flags", self.component, self.flag)


def _given(view: View) -> Iterator[_Given]:
    for component, flags in view.spec.data.get("extra_flags", {}).items():
        release = view.release_of(component)
        if release is not None and component not in UNCHECKED:
            yield from (_Given(component, flag, value, release) for flag, value in flags.items())


def flags_exist(view: View) -> Iterator[Finding]:
    """Each flag, in whatever spelling, is there in the release of its component's image."""
    for given in _given(view):
        try:
            given.release.spelling(given.component, given.flag)
        except UnknownFlagError as error:
            yield finding(view, given.path, error.what, error.why, error.fix, at_key=True)


def flags_are_given_once(view: View) -> Iterator[Finding]:
    """`cells_to_watch` and `cells-to-watch` are one flag: one of the values would be lost."""
    seen: dict[tuple[str, str], str] = {}
    for given in _given(view):
        other = seen.setdefault((given.component, flag_key(given.flag)), given.flag)
        if other != given.flag:
            what = f"{given.component} has the flag {other} twice, also as {given.flag}"
            yield finding(view, given.path, what, "only one of the values would count", "remove one", at_key=True)


def values_can_be_read(view: View) -> Iterator[Finding]:
    """A time is `30` for some releases and `30s` for others; a server that cannot read it ends."""
    for given in _given(view):
        from vitessctl.releases import defaults, values  # Only for a spec that has extra_flags.

        known = defaults.of_flag(given.component, given.release.name, given.flag)
        if known is None or values.parses(known.kind, given.value):
            continue
        meant = values.meant(known.kind, given.value)
        yield finding(
            view,
            given.path,
            f"{given.component} of Vitess {given.release.name} cannot read {given.value} as {given.flag}",
            why=f"it wants {values.wanted(known.kind)}",
            fix=f"did you mean {meant}?" if meant else "",
        )
