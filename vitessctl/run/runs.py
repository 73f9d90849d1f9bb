"""The runs that changed a cluster, as they are remembered beside it and shown by `history`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from enum import Enum
from types import MappingProxyType
from typing import Any

KEPT = 10
"""How many runs are remembered."""
LONGEST_ERROR = 300
NO_CHANGES: Mapping[str, int] = MappingProxyType({})

Now = Callable[[], datetime]


class Result(str, Enum):
    """How a run ended."""

    OPEN = ""
    """It did not say: it still runs, or it was killed."""
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    KILLED = "killed"
    """It never said how it ended, and a later run took over."""


@dataclass(frozen=True)
class Run:
    """One run."""

    id: str
    command: str
    """`up`, `down`."""
    who: str
    """`user@host`."""
    started: str
    """RFC 3339, UTC, whole seconds."""
    ended: str = ""
    result: Result = Result.OPEN
    changes: Mapping[str, int] = field(default_factory=lambda: NO_CHANGES)
    """By operation (create, update, …) how many documents; `act`: admin actions."""
    plan: str = ""
    """The digest of the plan that it carried out."""
    error: str = ""
    """What failed, in one line."""

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it is not known."""
        begun, ended = parse_time(self.started), parse_time(self.ended)
        return (ended - begun).total_seconds() if begun and ended else None


def utc_now() -> datetime:
    """The time of day, aware of its zone."""
    return datetime.now(timezone.utc)


def time_text(moment: datetime) -> str:
    """`2026-11-26T12:30:00Z`."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_time(text: str) -> datetime | None:
    """The moment that RFC 3339 text names; None if it names none."""
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def run_data(run: Run) -> dict[str, Any]:
    """A run as JSON; what is empty is left out."""
    data = {**vars(run), "result": run.result.value, "changes": dict(run.changes)}
    return {key: value for key, value in data.items() if value}


def parse_run(data: Any) -> Run | None:
    """The run of such JSON; fields of newer versions are passed over; None if it is no run at all."""
    if not isinstance(data, Mapping):
        return None
    texts = {name: str(data.get(name, "")) for name in ("id", "command", "who", "started", "ended", "plan", "error")}
    if not (texts["id"] and texts["started"]):
        return None
    return Run(**texts, result=_result(data.get("result", "")), changes=_counts(data.get("changes")))


def _result(value: Any) -> Result:
    try:
        return Result(value)
    except ValueError:
        return Result.FAILED  # A newer version's word: whatever it is, it is not known to be done.


def _counts(value: Any) -> Mapping[str, int]:
    if not isinstance(value, Mapping):
        return NO_CHANGES
    return {str(key): count for key, count in value.items() if isinstance(count, int)}


def parse_runs(data: Any) -> tuple[Run, ...]:
    """The runs of a JSON list; what is no run is passed over."""
    found = (parse_run(item) for item in data) if isinstance(data, Sequence) else ()
    return tuple(run for run in found if run is not None)


def with_run(runs: Iterable[Run], run: Run) -> tuple[Run, ...]:
    """The runs, newest first, with this one in its place; those that never ended before it were killed."""
    known = list(runs)
    if any(old.id == run.id for old in known):
        return tuple(run if old.id == run.id else old for old in known)
    return (run, *(_closed(old) for old in known))[:KEPT]


def _closed(run: Run) -> Run:
    return dataclasses.replace(run, result=Result.KILLED) if run.result is Result.OPEN else run


def ended(run: Run, error: BaseException | None, now: datetime) -> Run:
    """The run, ended with this error or well."""
    from vitessctl.errors import Interrupted, VitessctlError

    stopped = isinstance(error, (Interrupted, KeyboardInterrupt))
    result = Result.INTERRUPTED if stopped else Result.FAILED if error else Result.DONE
    what = error.what if isinstance(error, VitessctlError) else type(error).__name__ if error and not stopped else ""
    line = " ".join(what.split())[:LONGEST_ERROR]
    return dataclasses.replace(run, ended=time_text(now), result=result, error=line)
