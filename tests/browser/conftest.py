"""A live guestbook on this machine and a browser; each test is skipped, and says why, where there is none."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.chromium import Page, browser, unavailable
from tests.e2e.conftest import TARGETS, flag, require_real, state
from tests.support.live import REPOSITORY, LiveCluster
from vitessctl.model.ports import application_port
from vitessctl.targets.local.rpc import SupervisorClient

__all__ = ["TARGETS", "flag", "require_real", "state"]


class Guestbook(LiveCluster):
    """The cluster of inventories/guestbook."""

    screen = ""
    """What `up` printed."""

    @property
    def url(self) -> str:
        """Its front page."""
        return f"http://127.0.0.1:{application_port(self.base_port, 'guestbook')}"

    def page(self, number: int) -> str:
        """The address of one of its pages."""
        return f"{self.url}/page/{number}"

    @contextmanager
    def without_a_primary(self) -> Iterator[str]:
        """Inside, the primary is dead and nobody elects another, for vtorc is held: so it lasts as long as it has to.

        Gives the dead one's alias. It stays dead afterwards, but vtorc goes on.
        """
        dead = self.primary()
        vtorc = next(pid for name, pid in self.pids().items() if "vtorc" in name)
        os.kill(vtorc, signal.SIGSTOP)
        try:
            client = SupervisorClient(self.state / "supervisor.sock")
            programs = {f"vttablet-{dead}", f"mysqlctld-{dead}"}
            for program in programs:
                client.stop(program)
            deadline = time.monotonic() + 60
            while [name for name, report in client.report().items() if name in programs and report.state != "STOPPED"]:
                assert time.monotonic() < deadline, "the primary does not stop"
                time.sleep(0.1)
            client.close()
            yield dead
        finally:
            os.kill(vtorc, signal.SIGCONT)


@pytest.fixture
def person() -> Iterator[Page]:
    """A person at a desk."""
    if unavailable():
        pytest.skip(unavailable())
    with browser() as page:
        yield page


@pytest.fixture
def guestbook(flag: str, state: Path) -> Iterator[Guestbook]:
    """Up, as `vitessctl up -i inventories/guestbook` leaves it; removed in the end, whatever happened."""
    if unavailable():
        pytest.skip(unavailable())
    live = Guestbook(state, REPOSITORY / "inventories" / "guestbook", flag)
    try:
        live.screen = live.up()
        yield live
    finally:
        live.remove()
