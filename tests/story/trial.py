"""The story's cluster, as whoever tells it sees it: commands, screens, rows, and what has been promised so far."""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pymysql

from tests.e2e_kubernetes.command import ROOT, Ran
from tests.story.ledger import Writer, query_once
from tests.story.place import INVENTORY, Place
from tests.story.release import Release
from tests.support import forked
from vitessctl import releases
from vitessctl.vtctld.client import connect

PAGE = 7
"""Where messages are posted by hand."""


@dataclass
class Trial:
    """One cluster in one place, through all steps."""

    place: Place
    promised: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Page to the keys of the rows that were acknowledged; a row that is not here may be there or not."""
    figures: list[str] = field(default_factory=list)
    """What was measured, in words."""
    pages: int = 1000

    @property
    def release(self) -> Release:
        """Whose servers run."""
        return self.place.release

    # Commands

    def run(self, command: str, *words: str) -> Ran:
        """A command on the cluster, however it ends."""
        return self.place.run(command, *words)

    def offline(self, command: str, *words: str) -> Ran:
        """A command that needs no cluster."""
        begun = time.monotonic()
        line = [command, "-i", str(INVENTORY), "-e", f"@{self.release.spec}", *words]
        done = forked.run(line, os.environ, ROOT, 60)
        return Ran(done.returncode, done.stdout + done.stderr, time.monotonic() - begun)

    def json(self, command: str, *words: str, codes: tuple[int, ...] = (0,)) -> Any:
        """The last object that a command prints with `--output json`."""
        ran = self.run(command, *words, "--output", "json")
        assert ran.code in codes, f"exit code {ran.code}:\n{ran.screen}"
        return [json.loads(line) for line in ran.screen.splitlines() if line.startswith("{")][-1]

    def insist(self, command: str, *words: str) -> None:
        """Run it until it succeeds: what vtorc sets right at any moment may come between."""
        for _ in range(20):
            if (ran := self.run(command, *words)).code == 0:
                return
        raise AssertionError(ran.screen)

    # What is there

    def status(self) -> dict[str, Any]:
        """`status`, ready or not."""
        found: dict[str, Any] = self.json("status", codes=(0, 3))
        return found

    def until(self, condition: Callable[[dict[str, Any]], bool], what: str, seconds: float = 120.0) -> dict[str, Any]:
        """Look until status is as wanted; AssertionError with the last one."""
        deadline = time.monotonic() + seconds
        while not condition(status := self.status()):
            assert time.monotonic() < deadline, f"{what}: not within {seconds} s: {told(status)}"
            time.sleep(0.3)
        return status

    def until_ready(self) -> dict[str, Any]:
        """Wait until status finds nothing to say."""
        return self.until(lambda status: bool(status["ready"]), "ready")

    def becomes_ready(self, seconds: float) -> bool:
        """Whether it is ready within so long."""
        deadline = time.monotonic() + seconds
        while not self.status()["ready"]:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.3)
        return True

    @property
    def primary(self) -> str:
        """The alias of the shard's primary."""
        return str(self.status()["shards"][0]["primary"])

    @property
    def tablets(self) -> list[str]:
        """All aliases."""
        return [str(tablet["alias"]) for tablet in self.status()["tablets"]]

    def replica(self) -> str:
        """A tablet that does not lead and could."""
        return next(str(each["alias"]) for each in self.status()["tablets"] if each["type"] == "replica")

    def at(self, alias: str, statement: str) -> list[list[str]]:
        """The rows of a statement at the MySQL of one tablet."""
        rows: list[list[str]] = self.json("sql", statement, "--tablet", alias)["rows"]
        return rows

    def query(self, statement: str, target: str = "messages") -> list[tuple[Any, ...]]:
        """A statement of an application, through vtgate. pymysql.MySQLError."""
        with self.place.mysql() as address:
            host, port = address.split(":")
            return query_once((host, int(port)), target, statement)

    # Rows

    @contextmanager
    def writing(self, name: str) -> Iterator[Writer]:
        """Somebody writes and reads all the time; what was acknowledged is promised."""
        self.pages += 1
        reads = "messages@replica" if self.release.reads_replicas else "messages"
        with self.place.mysql() as address, Writer(address, self.pages, reads) as writer:
            writer.wait_for_writes(5, 30)
            yield writer
            writer.wait_for_writes(5, 60)
        story = writer.story
        self.promised[writer.page] |= set(story.acknowledged)
        self.figures.append(
            f"{name}: {len(story.acknowledged)} rows, writes out for {story.write_outage:.1f} s, "
            f"{len(story.write_errors)} failed; {story.reads} reads, {len(story.read_errors)} failed"
        )
        if self.release.reads_replicas:
            assert story.read_errors == [], "reads go on, whatever happens to the primary"

    def post(self, text: str) -> None:
        """Post to the guestbook, which confirms it."""
        seen = self.place.visitor().post(PAGE, text)
        assert seen.status == 200, seen.text
        assert text in seen.messages

    def messages(self) -> list[str]:
        """What stands on the guestbook's page, the newest first."""
        return self.place.visitor().get(f"/page/{PAGE}").messages

    def until_writable(self, seconds: float = 60.0) -> None:
        """Write one row, however often it takes, and promise it."""
        deadline = time.monotonic() + seconds
        self.pages += 1
        while True:
            try:
                self.query(f"replace into messages (page, time_created_ns, message) values ({self.pages}, 1, 'works')")
            except pymysql.MySQLError:
                assert time.monotonic() < deadline
                time.sleep(0.2)
            else:
                self.promised[self.pages].add(1)
                return

    def count(self) -> None:
        """Count, row by row and tablet by tablet: all that was promised is there, and everywhere the same.

        Each MySQL is asked itself, through vtctld, without the command that is tried.
        """
        status = self.until_ready()
        server, primary = self.place.vtctld(), str(status["shards"][0]["primary"])
        held = {str(each["alias"]): rows_of(server, self.release, str(each["alias"])) for each in status["tablets"]}
        assert len(held) == 5
        promised = {(page, key) for page, keys in self.promised.items() for key in keys}
        for alias, rows in held.items():
            missing = sorted(promised - rows)
            assert not missing, f"{alias} lacks {len(missing)} rows that were acknowledged: {missing[:5]}"
            assert rows == held[primary], f"{alias} holds other rows than the primary"
        self.figures.append(f"counted: {len(rows)} rows at each of 5 tablets, {len(promised)} acknowledged, 0 lost")


def rows_of(server: str, release: Release, alias: str) -> set[tuple[int, int]]:
    """The keys of all rows of one tablet, asked of its own MySQL; in pieces, as vtctld gives no more than 10000."""
    client = connect(server, releases.get(release.name))
    found: set[tuple[int, int]] = set()
    try:
        while True:
            statement = f"select page, time_created_ns from messages order by 1, 2 limit {len(found)}, 5000"
            piece = client.fetch_as_dba(alias, statement).rows
            found |= {(int(str(page)), int(str(key))) for page, key in piece}
            if len(piece) < 5000:
                return found
    finally:
        client.close()


def told(status: dict[str, Any]) -> str:
    """A status in lines: its health, who leads, what was found."""
    tablets = [f"{each['alias']} {each['type']} serving={each['serving']}" for each in status["tablets"]]
    findings = [f"{each['subject']}: {each['sentence']}" for each in status["findings"]]
    return "\n".join([str(status["health"]), *findings, *tablets])
