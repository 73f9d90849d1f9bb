"""The errors a person can meet.

Every one answers four questions: what failed, where (file:line:column, or kind/name), why, and what to
do. A class holds the data of its case and builds those sentences; it also decides the exit code, so that
a script can tell "your spec is wrong" from "the cluster is not there yet".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the process returns; documented in docs/exit-codes.md."""

    DONE = 0
    ERROR = 1
    CHANGES = 2
    NOT_READY = 3
    UNREACHABLE = 4
    SPEC = 5
    LOCKED = 6
    CONFLICT = 7
    LOST = 8
    INTERRUPTED = 130


@dataclass(frozen=True, order=True)
class Place:
    """A position in a file that a person wrote; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class VitessctlError(Exception):
    """The base of every error that is shown to a person without a traceback."""

    exit_code: ClassVar[ExitCode] = ExitCode.ERROR

    def __init__(
        self,
        what: str,
        *,
        where: Place | str | None = None,
        why: str = "",
        fix: str = "",
        evidence: Sequence[str] = (),
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.fix = fix
        self.evidence = tuple(evidence)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        parts = [f"{place}{self.what}"]
        if self.why:
            parts.append(f"why: {self.why}")
        if self.fix:
            parts.append(f"fix: {self.fix}")
        return "\n  ".join(parts)


class SpecError(VitessctlError):
    """Something in cluster.yaml, group_vars or `-e` is not right."""

    exit_code = ExitCode.SPEC


class UsageError(VitessctlError):
    """The command line itself is not right."""

    exit_code = ExitCode.SPEC


class SeveralErrors(VitessctlError):
    """Errors that were found together, so that a person mends them in one go; `what` sums them up."""

    errors: Sequence[VitessctlError]

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class SpecErrors(SeveralErrors):
    """All errors of one spec."""

    exit_code = ExitCode.SPEC

    def __init__(self, errors: Iterable[SpecError]) -> None:
        self.errors = tuple(errors)
        count = len(self.errors)
        super().__init__(f"{count} error{'s' if count != 1 else ''} in the spec")


class TemplateError(VitessctlError):
    """A template could not be rendered, or what it rendered is not a legal document."""

    exit_code = ExitCode.SPEC


class NotReadyError(VitessctlError):
    """A gate did not open in time, or what it waits for can never come."""

    exit_code = ExitCode.NOT_READY


class UnreachableError(VitessctlError):
    """A server that has to answer does not, or refuses us."""

    exit_code = ExitCode.UNREACHABLE
    passing: ClassVar[bool] = True
    """Whether it may answer later, so that a gate waits on; not so where it refuses us."""


class LockedError(VitessctlError):
    """Another run is changing this cluster."""

    exit_code = ExitCode.LOCKED


class ConflictError(VitessctlError):
    """Somebody else owns, or has changed meanwhile, what we were about to write."""

    exit_code = ExitCode.CONFLICT


class Interrupted(VitessctlError):
    """The person pressed Ctrl-C, or the process got SIGTERM."""

    exit_code = ExitCode.INTERRUPTED
