"""How an error looks to a person: what failed, where, why, what was seen, what to do."""

from __future__ import annotations

from collections.abc import Iterable

from vitessctl.errors import SeveralErrors, VitessctlError


def failure_lines(error: VitessctlError) -> Iterable[str]:
    """The lines of one error, plain text."""
    if isinstance(error, SeveralErrors):
        for single in error.errors:
            yield from failure_lines(single)
        yield error.what
        return
    place = f"{error.where}: " if error.where else ""
    yield f"{place}{error.what}"
    if error.why:
        yield f"  why: {error.why}"
    for line in error.evidence:
        yield f"  | {line}"
    if error.fix:
        yield f"  fix: {error.fix}"


def failure_data(error: VitessctlError) -> dict[str, object]:
    """The same as a JSON object."""
    if isinstance(error, SeveralErrors):
        return {"type": "errors", "errors": [failure_data(single) for single in error.errors]}
    return {
        "type": "error",
        "what": error.what,
        "where": str(error.where or ""),
        "why": error.why,
        "evidence": list(error.evidence),
        "fix": error.fix,
        "exit_code": int(error.exit_code),
    }
