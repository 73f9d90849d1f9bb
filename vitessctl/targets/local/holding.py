"""Keeping a MySQL whose data is gone from starting before another tablet leads its shard.

The topology may still name its tablet the shard's primary. Started then, it would lead the shard with an empty
database and look healthy. On one machine the other tablets of the shard are here too, and each says at its own
HTTP port what it is.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vitessctl.model.cluster import Cluster

NEIGHBOURS = "neighbours.json"
POLL_SECONDS = 0.5
_LEADS = ("primary", "master")


class Life(NamedTuple):
    """One mysqlctld: its process, and the byte in error.log from which on its mysqld writes."""

    pid: int
    born: int
    """As processes.Process has it."""
    errors: int


@dataclass(frozen=True)
class Notes:
    """Four small files about one MySQL data folder."""

    run: Path
    name: str

    @property
    def _begun(self) -> Path:
        return self.run / f"{self.name}.begun"

    @property
    def _done(self) -> Path:
        return self.run / f"{self.name}.done"

    @property
    def _held(self) -> Path:
        return self.run / f"{self.name}.held"

    @property
    def _life(self) -> Path:
        return self.run / f"{self.name}.life"

    @property
    def begun(self) -> bool:
        """Whether an initialisation was begun by us."""
        return self._begun.exists()

    @property
    def done(self) -> bool:
        """Whether MySQL was seen up on this data: rows may be in it."""
        return self._done.exists()

    def begin(self) -> None:
        """An initialisation begins now; whatever was there before is gone."""
        self._done.unlink(missing_ok=True)
        self._begun.touch()

    def finish(self) -> None:
        """MySQL is up."""
        if not self.done:
            self._done.touch()

    def conclude(self, socket: Path) -> None:
        """Find out whether MySQL was up since the initialisation, if nobody looked then.

        mysqlctld makes its socket once MySQL is up, and leaves the file behind however it ends.
        """
        with suppress(OSError):
            if socket.lstat().st_mtime_ns >= self._begun.stat().st_mtime_ns:
                self.finish()

    def forget(self) -> None:
        """Nothing is known of it any more."""
        self._done.unlink(missing_ok=True)
        self._begun.unlink(missing_ok=True)
        self.end_life()

    def begin_life(self, born: int, errors: int) -> None:
        """This process becomes mysqlctld; so many bytes of error.log are about earlier ones.

        Nothing stands or falls with it, so a full disk does not matter.
        """
        with suppress(OSError):
            self._life.write_text(f"{os.getpid()} {born} {errors}\n")

    def end_life(self) -> None:
        """The last mysqlctld is over."""
        with suppress(OSError):
            self._life.unlink(missing_ok=True)

    def life(self) -> Life | None:
        """The present or the last mysqlctld; None where none was started."""
        with suppress(OSError, ValueError):
            pid, born, errors = self._life.read_text().split()
            return Life(int(pid), int(born), int(errors))
        return None

    def mark_held(self) -> None:
        """This process holds it."""
        self._held.write_text(str(os.getpid()))

    def release(self) -> None:
        """It is not held any more."""
        self._held.unlink(missing_ok=True)

    def holder(self) -> int:
        """The id of the process that holds it; 0 if none does."""
        try:
            return int(self._held.read_text())
        except (OSError, ValueError):
            return 0


def hold(notes: Notes) -> None:
    """Return once this MySQL may be initialised: at once if it never was, else when its shard has another primary."""
    notes.release()
    if not notes.done:
        return
    notes.mark_held()
    os.write(2, f"vitessctl: the data of {notes.name} is gone; it waits until another tablet is primary\n".encode())
    while not any(leads(port) for port in neighbours(notes)):
        time.sleep(POLL_SECONDS)
    notes.release()


def neighbours(notes: Notes) -> Sequence[int]:
    """HTTP ports of the other tablets of its shard, as they were when the cluster was last applied."""
    with suppress(OSError, ValueError, AttributeError):
        return list(json.loads((notes.run / NEIGHBOURS).read_text()).get(notes.name, []))
    return []


def neighbours_of(cluster: Cluster) -> Mapping[str, Sequence[int]]:
    """By data folder, the HTTP ports of the other tablets of the same shard."""
    from vitessctl.model.ports import tablet_ports

    base = cluster.local.base_port
    return {
        f"vt_{tablet.uid:010d}": [tablet_ports(base, other.uid).http for other in shard.tablets if other != tablet]
        for shard in cluster.shards()
        for tablet in shard.tablets
    }


def leads(port: int) -> bool:
    """Whether the vttablet at this port says that it is its shard's primary (`TabletType` of /debug/vars)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2.0)
    try:
        connection.request("GET", "/debug/vars")
        return str(json.loads(connection.getresponse().read()).get("TabletType", "")).lower() in _LEADS
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()
