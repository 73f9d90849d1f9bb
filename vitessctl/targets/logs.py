"""Which logs a person means, and several of them as one stream. The same on every target."""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from vitessctl.errors import UsageError, VitessctlError
from vitessctl.model.cluster import Cluster
from vitessctl.model.naming import tablet_alias

COMPONENTS = ("etcd", "vtctld", "vttablet", "mysqld", "vtorc", "vtgate", "application")
"""What writes a log. `mysqld` stands for mysqlctld too, which starts it and writes to the same place."""
_ALIAS = re.compile(r"(?P<cell>.+)-(?P<uid>\d{1,10})")


class Log(Protocol):
    """One log."""

    @property
    def name(self) -> str:
        """Whose it is: a pod's or a program's name."""

    def last(self, lines: int) -> Sequence[str]:
        """The last lines, oldest first."""

    def follow(self, lines: int) -> Iterator[str]:
        """The last lines, and then each line as it is written."""


@dataclass(frozen=True)
class Wanted:
    """The logs that a person asked for."""

    component: str
    """One of COMPONENTS."""
    subject: str = ""
    """A tablet's alias, a cell, an etcd member, an application's name; empty: all of the component."""
    container: str = ""
    """On Kubernetes: another container of the pod than the component's own."""


def wanted(cluster: Cluster, text: str, container: str = "") -> Wanted:
    """What `COMPONENT`, `COMPONENT/SUBJECT` or a tablet's alias (also `zone1-100`) means. Raises UsageError."""
    component, _, subject = text.partition("/")
    alias = _alias(cluster, subject or text)
    if component not in COMPONENTS and component != "mysqlctld":
        if alias is None or subject:
            raise _unknown(cluster, text)
        component, subject = "vttablet", alias
    elif component in ("vttablet", "mysqld", "mysqlctld") and subject:
        if alias is None:
            raise _unknown(cluster, text)
        subject = alias
    if "mysqlctld" in (component, container) or (component == "vttablet" and container == "mysqld"):
        component, container = "mysqld", ""
    return Wanted(component, subject, "" if container == component else container)


def _alias(cluster: Cluster, text: str) -> str | None:
    match = _ALIAS.fullmatch(text)
    if match is None:
        return None
    alias = tablet_alias(match["cell"], int(match["uid"]))
    # A tablet that left the spec may still run; its cell has to be one, though, or it is a mistake.
    return alias if any(cell.name == match["cell"] for cell in cluster.cells) else None


def _unknown(cluster: Cluster, text: str) -> UsageError:
    from itertools import islice

    aliases = ", ".join(tablet.alias for tablet in islice(cluster.tablets(), 3))
    return UsageError(
        f"{text} is no component and no tablet of this cluster",
        where=cluster.name,
        why=f"components are {', '.join(COMPONENTS)}; tablets have aliases such as {aliases or 'zone1-0000000100'}",
        fix="give a component, a component of one cell (vtgate/zone1), or a tablet's alias",
    )


def last_of(logs: Sequence[Log], lines: int) -> Iterator[str]:
    """The last lines of each log, with its name before each where there are several."""
    for log in logs:
        for line in log.last(lines):
            yield _named(log.name, line, len(logs))


def follow_all(logs: Sequence[Log], lines: int) -> Iterator[str]:
    """The lines of all logs as they come, until all have ended. A log that breaks off is said and left."""
    arrived: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    for log in logs:
        # Daemons: a thread that waits for the next line of a quiet server cannot be woken.
        threading.Thread(target=_pump, args=(log, lines, len(logs), arrived), daemon=True).start()
    left = len(logs)
    while left:
        line = arrived.get()
        if line is None:
            left -= 1
        else:
            yield line


def _pump(log: Log, lines: int, count: int, arrived: queue.SimpleQueue[str | None]) -> None:
    try:
        for line in log.follow(lines):
            arrived.put(_named(log.name, line, count))
    except VitessctlError as error:
        arrived.put(f"{log.name}: cannot be followed any longer: {error.what}: {error.why}")
    finally:
        arrived.put(None)


def _named(name: str, line: str, count: int) -> str:
    return f"{name}: {line}" if count > 1 else line
