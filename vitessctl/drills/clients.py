"""Clients that write and read through vtgate all along, each in a session of its own, as an application would."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType

from vitessctl.drills.outcomes import Outcome
from vitessctl.errors import NotReadyError, UnreachableError, VitessctlError
from vitessctl.run.clock import Clock
from vitessctl.sql.session import Place
from vitessctl.vtctld.errors import VtctldError

EVERY_SECONDS = 0.05
"""Between one statement of a client and its next: how finely an outage is seen."""
ANSWER_SECONDS = 5.0
"""How long a client waits for an answer before it takes another connection; what it asked for may be done yet."""
FIRST_SECONDS = 30.0
"""How long the clients may take until each of them works."""
FIRST_COUNT = 10
"""How many statements of each client have to work before anything is killed."""
_NEVER = threading.Event()

Connect = Callable[[str], Place]
"""Opens a session with vtgate on a target: `messages`, `messages@replica`."""


class Client(threading.Thread):
    """One session, which is opened anew after it broke. `statement` gives what it asks for the time of a number."""

    def __init__(self, name: str, connect: Callable[[], Place], statement: Callable[[int], str], clock: Clock) -> None:
        super().__init__(name=f"drill {name}", daemon=True)
        self.label = name
        self.outcomes: list[Outcome] = []
        """In the order in which they ended; the first has number 1."""
        self._connect, self._statement, self._clock = connect, statement, clock
        self._place: Place | None = None
        self._ended = threading.Event()

    @property
    def worked(self) -> list[int]:
        """The numbers of the statements that worked."""
        return [number for number, each in enumerate(list(self.outcomes), 1) if each.ok]

    def run(self) -> None:
        """Ask again and again until told to end."""
        while not self._ended.is_set():
            self.ask()
            self._clock.pause(EVERY_SECONDS, self._ended)
        self._leave()

    def ask(self) -> None:
        """Ask once, and remember how it went."""
        began = self._clock.now()
        error = ""
        try:
            if self._place is None:
                self._place = self._connect()
            self._place.run(self._statement(len(self.outcomes) + 1), 1)
        except UnreachableError as gone:
            error = gone.why or gone.what
            self._leave()
        except VitessctlError as refused:
            error = _told(refused)
        self.outcomes.append(Outcome(began, self._clock.now(), error))

    def end(self) -> None:
        """Ask no more; what is under way comes to its end by itself."""
        self._ended.set()

    def _leave(self) -> None:
        place, self._place = self._place, None
        if place is not None:
            place.close()


def _told(error: VitessctlError) -> str:
    """vtgate's own words: the table of refusals is about vtctld's."""
    return (error.text if isinstance(error, VtctldError) else "") or error.why or error.what


class Clients:
    """The writer, and a reader for the primary and for replicas; a context within which they work."""

    def __init__(self, connect: Connect, target: str, table: str, clock: Clock, replicas: bool) -> None:
        """`target`: the keyspace, or `keyspace:shard`; `replicas`: whether there are any that vtgate reads from."""
        self.writer = Client(
            "writes", lambda: connect(target), lambda number: f"insert into {table} (id) values ({number})", clock
        )
        types = {"primary": target, **({"replica": f"{target}@replica"} if replicas else {})}
        self.readers = {name: self._reader(name, connect, where, table, clock) for name, where in types.items()}
        self._clock = clock

    @staticmethod
    def _reader(name: str, connect: Connect, target: str, table: str, clock: Clock) -> Client:
        return Client(f"reads {name}", lambda: connect(target), lambda _: f"select count(*) from {table}", clock)

    @property
    def _all(self) -> Sequence[Client]:
        return (self.writer, *self.readers.values())

    def __enter__(self) -> Clients:
        for client in self._all:
            client.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End them all; one that waits for an answer is waited for as long as it waits itself."""
        for client in self._all:
            client.end()
        limit = time.monotonic() + ANSWER_SECONDS + 1
        for client in self._all:
            if client.ident is not None:
                client.join(max(0.1, limit - time.monotonic()))

    def until_all_work(self) -> None:
        """Wait until each has worked some times. Raises NotReadyError, which says what a client was told."""
        limit = self._clock.now() + FIRST_SECONDS
        while slow := [client for client in self._all if len(client.worked) < FIRST_COUNT]:
            if self._clock.now() > limit:
                told = next((each.error for each in reversed(slow[0].outcomes) if each.error), "it got no answer")
                raise NotReadyError(
                    f"{slow[0].label} do not work, so nothing was killed",
                    where="vtgate",
                    why=told,
                    fix="mend that first: vitessctl status",
                )
            self._clock.pause(EVERY_SECONDS, _NEVER)
