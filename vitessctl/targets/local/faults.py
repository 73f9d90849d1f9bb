"""What can be wrong on this machine, as errors that a person can act on."""

from __future__ import annotations

from collections.abc import Iterable

from vitessctl.errors import VitessctlError


class LocalError(VitessctlError):
    """Something on this machine is in the way."""


class StateFolderError(LocalError):
    """The state folder cannot be used, written or removed."""


class SupervisorError(LocalError):
    """supervisord does not start, does not answer, or refuses a program."""


class NoSupervisor(SupervisorError):
    """No supervisord runs for this cluster."""


class PreflightError(LocalError):
    """Everything that is known beforehand not to work, so that a person mends it in one go."""

    def __init__(self, faults: Iterable[LocalError]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        super().__init__(
            self.faults[0].what if count == 1 else f"{count} things on this machine are in the way",
            where=self.faults[0].where if count == 1 else None,
            why=self.faults[0].why if count == 1 else "",
            fix=self.faults[0].fix if count == 1 else "",
        )

    def __str__(self) -> str:
        if len(self.faults) == 1:
            return str(self.faults[0])
        return "\n".join([f"{self.what}:", *(str(fault) for fault in self.faults)])


def raise_all(faults: Iterable[LocalError]) -> None:
    """Raise one PreflightError if there is any fault."""
    found = tuple(faults)
    if found:
        raise PreflightError(found)
