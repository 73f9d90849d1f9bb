"""One server process: its flags, log, pages, and how it ends."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Final

from vitessctl.rehearsal.servenv.exits import StartError
from vitessctl.rehearsal.servenv.flags import Flags, release_parser
from vitessctl.rehearsal.servenv.log import Log
from vitessctl.rehearsal.servenv.pages import Vars, register
from vitessctl.rehearsal.servenv.web import Web

if TYPE_CHECKING:
    from vitessctl.releases import Release

RELEASE_VARIABLE: Final = "VITESSCTL_RELEASE"
DEFAULT_RELEASE: Final = "24"
ROOT_VARIABLE: Final = "VITESSCTL_REHEARSAL_ROOT"
FIRST_STRUCTURED_LOG: Final = "24.."
HEALTH_SINCE: Final = "13.."
"""Until 12 no server has grpc.health.v1."""
REFUSES_ROOT: Final = frozenset({"vtctld", "vttablet", "vtgate", "vtorc"})
"""mysqlctld does not refuse; the mysqld that it starts does."""


class Process:
    """What a server has before it does anything of its own. Raises StartError for a wrong command line, or for root."""

    def __init__(self, component: str, arguments: Sequence[str]) -> None:
        self.component = component
        self.release = current_release()
        self.log = Log(component, self.release.within(FIRST_STRUCTURED_LOG))
        self.flags = _parse(component, self.release, arguments)
        refuse_root(component)
        self.version = f"{self.release.name}.0.0-REHEARSAL"
        self.vars = Vars(component, self.version, [component, *arguments])
        self.web = Web()
        self.signals = Signals()
        register(self.web, self.vars, lambda: f"Release {self.release.name}.", self.release)
        self.log.info(f"Version: {self.version} (REHEARSAL: a stand-in, not Vitess)")

    def listen_http(self) -> None:
        """Open the HTTP port of --bind-address and --port; StartError if it is taken."""
        self.web.listen(self.flags.text("bind-address"), self.flags.number("port"))

    @property
    def tells_health(self) -> bool:
        """Whether the release's gRPC ports have the health service."""
        return self.release.within(HEALTH_SINCE)

    def grpc_address(self) -> tuple[str, int]:
        """Host and port of --grpc-bind-address and --grpc-port; port 0 where there is none."""
        return self.flags.text("grpc-bind-address"), self.flags.number("grpc-port")


class Signals:
    """SIGTERM and SIGINT, turned into something to wait for; before the wait they end the process.

    A pipe rather than threading.Event: setting an Event in a signal handler can deadlock with the wait it interrupts.
    And it is written to before Python's own handler runs, by the thread that the kernel gave the signal to: that need
    not be the main thread, which alone runs handlers and would sleep on, until its pod's grace is over.
    """

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        self._serving = False
        os.set_blocking(self._write, False)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._handle)
        signal.signal(signal.SIGQUIT, quit_at_once)

    def wait(self) -> None:
        """Return when a signal came, or `stop` was called."""
        self.hold()
        os.read(self._read, 1)

    def hold(self) -> None:
        """From now on a signal is kept for `wait`: there is something to clean up."""
        self._serving = True

    def let_go(self) -> None:
        """There is nothing to clean up any more: a signal ends the process, one that was kept does now."""
        self._serving = False
        if select.select([self._read], [], [], 0)[0]:
            die(signal.SIGTERM, None)

    def stop(self) -> None:
        """End the wait from any thread."""
        os.write(self._write, b".")

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if not self._serving:
            die(number, frame)


def die(number: int, frame: FrameType | None) -> None:
    """Die of a signal: what a server does that does not serve yet.

    The kernel spares the first process of a container a signal's default action; there Go's programs end with code 2.
    """
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    os._exit(2)


def quit_at_once(number: int, frame: FrameType | None) -> None:
    """What Go's runtime does on SIGQUIT: it prints its stacks and exits with 2, and nothing is shut down."""
    os.write(2, b"SIGQUIT: quit\n")
    os._exit(2)


def die_of_signals() -> None:
    """From now on SIGTERM, SIGINT and SIGQUIT end the process, also if it is the first of a container."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, die)
    signal.signal(signal.SIGQUIT, quit_at_once)


def refuse_root(component: str) -> None:
    """As the real servers do; VITESSCTL_REHEARSAL_ROOT=1 allows it (containers and CI often have no other user)."""
    if component in REFUSES_ROOT and os.geteuid() == 0 and os.environ.get(ROOT_VARIABLE) != "1":
        raise StartError("servenv.Init: running this as root makes no sense")


def run(component: str, main: Callable[[list[str]], int], arguments: list[str]) -> int:
    """The exit code of a server's main, with what the real one prints when it cannot start."""
    try:
        return main(arguments)
    except StartError as error:
        report(component, error)
        return error.code


def report(component: str, error: StartError) -> None:
    """Print a start error: cobra's `Error: …` and usage where the real one has them, then the log's last line."""
    if error.usage:
        first = f"Error: {error.text}\n" if error.logged else f"{error.text}\n" if error.text else ""
        sys.stderr.write(f"{first}Usage:\n  {component} [flags]\n\n")
    if error.logged:
        Log(component, current_release().within(FIRST_STRUCTURED_LOG)).error(error.text)
    sys.stderr.flush()


def release_name() -> str:
    """The release that the image, or whoever started the process, names; 24 where nobody does."""
    return os.environ.get(RELEASE_VARIABLE, DEFAULT_RELEASE)


def current_release() -> Release:
    """What is known of that release. UnknownReleaseError."""
    from vitessctl import releases

    return releases.get(release_name())


def _parse(component: str, release: Release, arguments: Sequence[str]) -> Flags:
    return release_parser(component, release).parse(arguments)
