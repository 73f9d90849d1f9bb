"""What goes wrong when somebody names a release or a flag that is not there."""

from __future__ import annotations

from vitessctl.errors import SpecError


class UnknownReleaseError(SpecError):
    """No release of that name is known."""


class UnknownFlagError(SpecError):
    """A component of a release does not have that flag."""


class UnknownOptionError(UnknownFlagError):
    """No flag stands for that logical option in a component of a release."""
