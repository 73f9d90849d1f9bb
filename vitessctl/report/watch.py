"""Status again and again: in place on a terminal, a block for each change on a pipe, a line for each look as JSON."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from vitessctl.report.status import print_status, status_lines
from vitessctl.status.report import Status

Show = Callable[[Status], None]


@contextmanager
def shown_in_place(out: Console, seconds: float, verbose: int = 0) -> Iterator[Show]:
    """Redraw a terminal with each look. What does not fit is left out at its end: the worst stands first."""
    with Live(console=out, auto_refresh=False, vertical_overflow="crop") as live:

        def show(status: Status) -> None:
            text = Text(no_wrap=True, overflow="ellipsis")
            text.append(f"every {seconds:g} s, Ctrl-C ends it; last look at {_clock()}\n", style="dim")
            for line, style in status_lines(status, out.width, verbose):
                text.append(line + "\n", style=style)
            live.update(text, refresh=True)

        yield show


@contextmanager
def shown_by_change(out: Console, verbose: int = 0) -> Iterator[Show]:
    """A whole screen for the first look, and for each that differs in more than numbers."""
    last: list[object] = []

    def show(status: Status) -> None:
        if last != [what_matters(status)]:
            last[:] = [what_matters(status)]
            out.print(f"--- {_clock()}")
            print_status(status, out, verbose)

    yield show


def what_matters(status: Status) -> object:
    """What has to change for a look to be news: not how many seconds or transactions something is behind."""
    return (
        status.ready,
        [(each.id, each.subject) for each in status.findings],
        [(line.name, line.state, line.pid, line.restarts) for line in status.components],
        [(line.keyspace, line.shard, line.primary, line.state) for line in status.shards],
        [(line.alias, line.type, line.state, line.address) for line in status.tablets],
    )


def _clock() -> str:
    return time.strftime("%H:%M:%S")
