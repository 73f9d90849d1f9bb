"""One command of the legacy service at work: what it was given, and where its output goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from vitessctl.rehearsal.servenv.flags import parse_duration
from vitessctl.rehearsal.servenv.flagset import TRUE
from vitessctl.rehearsal.topology_names import Refused, alias_of_release, now
from vitessctl.rehearsal.vtctld.call import Call
from vitessctl.releases import Release
from vitessctl.vtctld.proto import logutil_pb2 as logutil
from vitessctl.vtctld.proto import topodata_pb2 as topodata


@dataclass
class Output:
    """The events of a command, in their order."""

    events: list[logutil.Event] = field(default_factory=list)

    def write(self, text: str) -> None:
        """Output proper; it brings its own ends of lines."""
        self.add(logutil.CONSOLE, text)

    def add(self, level: logutil.Level, text: str) -> None:
        """An event of any level."""
        self.events.append(logutil.Event(time=now(), level=level, file="rehearsal", line=1, value=text))

    def text(self) -> str:
        """The output without the log lines."""
        return "".join(event.value for event in self.events if event.level == logutil.CONSOLE)


@dataclass(frozen=True)
class Job:
    """One command with its words and flags, checked."""

    call: Call
    output: Output
    words: tuple[str, ...]
    flags: Mapping[str, str]

    @property
    def release(self) -> Release:
        """The release that vtctld stands for."""
        return self.call.release

    def text(self, *names: str) -> str:
        """The first of these flags that was given, "" for none."""
        return next((self.flags[name] for name in names if name in self.flags), "")

    def true(self, *names: str, default: bool = False) -> bool:
        """The first of these boolean flags that was given."""
        given = self.text(*names)
        return given in TRUE if given else default

    def number(self, name: str, default: int) -> int:
        """A number."""
        return int(self.flags.get(name, default))

    def seconds(self, *names: str) -> float:
        """The first of these durations that was given; 0 for none."""
        given = self.text(*names)
        return parse_duration(given) if given else 0.0

    def list(self, name: str) -> list[str]:
        """Words between commas."""
        return [word for word in self.flags.get(name, "").split(",") if word]

    def alias(self, word: str) -> topodata.TabletAlias:
        """A tablet's alias. Refused in the release's words."""
        return alias_of_release(word, self.release)

    def shard(self, word: str) -> tuple[str, str]:
        """`keyspace/shard`. Refused in the release's words."""
        parts = word.split("/")
        if len(parts) != 2 and self.release.within("2.2.."):
            parts = word.split(":")
        if len(parts) != 2:
            raise Refused(f"{'Invalid' if self.release.within('..2.1') else 'invalid'} shard path: {word}")
        return parts[0], parts[1]


Work = Callable[[Job], None]
"""What a command does; Refused, TopologyError and TabletError end it."""
