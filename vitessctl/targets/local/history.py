"""The last runs of a cluster on this machine, beside its state: one JSON object a line, newest first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from vitessctl.errors import VitessctlError
from vitessctl.run import events
from vitessctl.run.author import Author, process_start, this_author
from vitessctl.run.counting import ChangeCount
from vitessctl.run.runs import Now, Result, Run, ended, parse_run, run_data, time_text, utc_now, with_run
from vitessctl.targets.local.state import LOCK, StateFolder

FILE = "history.jsonl"


def read_runs(state: StateFolder) -> tuple[Run, ...]:
    """The runs, newest first; what cannot be read is passed over."""
    found = (_parsed(line) for line in (state.read(FILE) or "").splitlines())
    return tuple(run for run in found if run is not None)


def open_runs(state: StateFolder, runs: Iterable[Run]) -> frozenset[str]:
    """The ids of the runs that still go on: those that did not end, if the lock's holder lives."""
    try:
        holder = json.loads(state.read(LOCK) or "null")
        lives = bool(holder and process_start(int(holder["pid"])))
    except (ValueError, TypeError, KeyError):
        lives = False
    return frozenset(run.id for run in runs if lives and run.result is Result.OPEN)


def _parsed(line: str) -> Run | None:
    try:
        return parse_run(json.loads(line))
    except ValueError:
        return None


def remember(state: StateFolder, run: Run) -> None:
    """Write the run down, new or as it is now; nothing where the state folder is gone."""
    if state.exists:
        lines = (json.dumps(run_data(known), ensure_ascii=False) for known in with_run(read_runs(state), run))
        state.write(FILE, "".join(f"{line}\n" for line in lines), mode=0o600)


@dataclass
class Remembering:
    """A listener that writes a run down when it changes something first, so that a killed run has left its trace."""

    state: StateFolder
    run: Run
    _count: ChangeCount = field(default_factory=ChangeCount)

    def __call__(self, event: events.Event) -> None:
        """Count the event; the first change is written down."""
        before = bool(self._count.counts)
        self._count(event)
        if self._count.counts and not before:
            remember(self.state, self._counted)

    def end(self, error: BaseException | None, now: Now) -> None:
        """Write down how it ended, unless nothing was changed and nothing went wrong."""
        if self._count.counts or error is not None:
            remember(self.state, ended(self._counted, error, now()))

    @property
    def _counted(self) -> Run:
        return replace(self.run, changes=self._count.counts)


@contextmanager
def remembering(
    state: StateFolder, command: str, *, author: Author | None = None, now: Now = utc_now
) -> Iterator[Remembering]:
    """Write down the run that happens inside; give the listener every event. Only for the holder of the lock."""
    author = author or this_author()
    listener = Remembering(state, Run(author.run, command, author.who, time_text(now())))
    try:
        yield listener
    except BaseException as error:
        with suppress(VitessctlError):  # What went wrong matters more.
            listener.end(error, now)
        raise
    listener.end(None, now)
