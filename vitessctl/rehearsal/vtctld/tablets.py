"""How vtctld and vtorc reach tablets."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

import grpc

from vitessctl.rehearsal.tablet_client import TabletClient, open_channel
from vitessctl.rehearsal.tablet_rpc import TabletError, TabletManager
from vitessctl.vtctld.proto import topodata_pb2 as topodata

T = TypeVar("T")
NEVER: Final = 24 * 3600.0


class NoAddress(TabletError):
    """A tablet whose record says that nobody answers; its text stands alone."""

    def __str__(self) -> str:
        return self.text


class Tablets:
    """Clients of tablets; connections are kept by address."""

    def __init__(self) -> None:
        self._channels: dict[str, grpc.Channel] = {}
        self._lock = threading.Lock()

    def client(self, tablet: topodata.Tablet, seconds: float, wait: bool = True) -> TabletManager:
        """A client whose calls together may take `seconds`. NoAddress where the record has none (a clean stop).

        A dead tablet takes all that time, or none with `wait` false.
        """
        address = _address(tablet)
        with self._lock:
            channel = self._channels.get(address)
            if channel is None:
                channel = self._channels[address] = open_channel(address)
        return TabletClient(channel, address, seconds, wait)


def _address(tablet: topodata.Tablet) -> str:
    if tablet.HasField("tablet_shutdown_time"):
        raise NoAddress("Unavailable", "tablet is shutdown")
    if not tablet.hostname:
        raise NoAddress("FailedPrecondition", "empty tablet hostname")
    if tablet.port_map.get("grpc", 0) <= 0:
        raise NoAddress("FailedPrecondition", "no tablet port map")
    return f"{tablet.hostname}:{tablet.port_map['grpc']}"


class Answers(Generic[T]):
    """What a question to several tablets brought, by alias."""

    def __init__(self) -> None:
        self.values: dict[str, T] = {}
        self.errors: dict[str, TabletError] = {}

    def take(self, alias: str, answer: T | Exception) -> None:
        """Note one tablet's answer; what is no tablet's error is raised here, in the asker's thread."""
        if isinstance(answer, TabletError):
            self.errors[alias] = answer
        elif isinstance(answer, Exception):
            raise answer
        else:
            self.values[alias] = answer

    def has(self, alias: str) -> bool:
        """Whether that tablet has answered."""
        return alias in self.values or alias in self.errors


def ask_all(
    tablets: Mapping[str, topodata.Tablet],
    action: Callable[[str, topodata.Tablet], T],
    enough: int | None = None,
    required: str = "",
) -> Answers[T]:
    """Do something with every tablet at once.

    With `enough` it returns when so many succeeded and the `required` one answered; the rest go on alone.
    """
    done: queue.SimpleQueue[tuple[str, T | Exception]] = queue.SimpleQueue()

    def run(alias: str, tablet: topodata.Tablet) -> None:
        try:
            done.put((alias, action(alias, tablet)))
        except Exception as error:
            done.put((alias, error))

    for alias, tablet in tablets.items():
        threading.Thread(target=run, args=(alias, tablet), daemon=True).start()
    answers: Answers[T] = Answers()
    for _ in tablets:
        answers.take(*done.get())
        heard = required not in tablets or answers.has(required)
        if enough is not None and len(answers.values) >= enough and heard:
            break
    return answers
