"""Looks at all that `status` does not: side by side, each with its own deadline, as status/observe.py does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from vitessctl.doctor import asking
from vitessctl.doctor.examined import Examined, Unseen
from vitessctl.errors import UnreachableError, VitessctlError
from vitessctl.run.context import Context
from vitessctl.run.http import Answer
from vitessctl.run.stages.etcd import members
from vitessctl.status.looks import Look, Looks, Silent
from vitessctl.status.observed import Observed
from vitessctl.targets.base import Address
from vitessctl.targets.ground import Expiry, Ground, Reading
from vitessctl.targets.x509 import validity
from vitessctl.vtctld.records import CellRecord

SECONDS = 15.0
"""When all looking ends: `status` within it takes up to 5 s."""
SECONDS_A_TABLET = 0.15
"""What each tablet adds: three statements on its MySQL, and a program in its pod."""
GROUND_SECONDS = 10.0
"""The Kubernetes API has many questions to answer in a preflight; a program of Vitess takes 10 s at most to say who it
is."""
PAGE_SECONDS = 3.0
CELL_SECONDS = 4.0
"""It takes some milliseconds; the connection to vtctld may take a moment."""
VOLUME_SECONDS = 6.0
_IN_FLAG = "give the server a new certificate, and restart it (vitessctl up --prune does what differs)"
T = TypeVar("T")
Page = tuple[Answer, Reading | None]


def examine(context: Context, ground: Ground, observe: Callable[[], Observed]) -> tuple[Observed, Examined]:
    """What `status` sees, and what it does not. Raises only what `observe` raises."""
    count = sum(1 for _ in context.cluster.tablets())
    with Looks(SECONDS + SECONDS_A_TABLET * count) as looks:
        examination = _Examination(context, ground, looks)
        observed = observe()
        return observed, examination.take(observed)


class _Examination:
    """One under way. What does not depend on what `status` sees is begun at once."""

    def __init__(self, context: Context, ground: Ground, looks: Looks) -> None:
        self._context, self._looks = context, looks
        self._unseen: list[Unseen] = []
        self._now = time.time()
        at, documents = looks.at, context.documents
        self._preflight = at("what up would look at first", lambda: ground.preflight(documents), GROUND_SECONDS)
        self._ground = at("the version of Kubernetes", ground.version, GROUND_SECONDS)
        self._written_by = at("the cluster's record", ground.written_by, GROUND_SECONDS)
        self._clocks = at("the clock of the API server", ground.clocks, GROUND_SECONDS)
        self._expiries = at("the credentials", ground.expiries, GROUND_SECONDS)
        self._jams = at("pods that hang", ground.jams, GROUND_SECONDS)
        self._cells = cell_looks(context, looks)
        self._volumes = at("the volumes", lambda: _begun(looks, ground), GROUND_SECONDS)
        self._pages = {name: at(name, call, PAGE_SECONDS) for name, call in self._servers()}
        self._etcd = {name: at(name, call, PAGE_SECONDS) for name, call in self._members()}
        self._files = [
            (f"--{flag} of {component}", at(path, _bound(ground.read, component, subject, path), VOLUME_SECONDS))
            for component, subject, flag, path in asking.certificate_flags(context)
        ]

    def take(self, observed: Observed) -> Examined:
        """Everything, as far as it can be seen. A server that `status` finds silent is not said to be so again."""
        asked = [alias for alias, seen in observed.tablets.items() if seen.full_status is not None]
        clocks = self._ask(asked, "the clock", asking.mysql_clock)
        binlogs = self._ask(asked, "the binary logs", asking.binlogs)
        certificates = self._ask(asked, "the certificate", asking.mysql_certificate)
        pages = {name: found for name, look in self._pages.items() if (found := _quietly(look)) is not None}
        etcd = {name: found for name, look in self._etcd.items() if (found := _quietly(look)) is not None}
        expiries = [*self._or_unseen(self._expiries, ()), *self._in_flags()]
        for look in certificates.values():
            expiries += self._or_unseen(look, ())
        return Examined(
            now=self._now,
            preflight=tuple(self._or_unseen(self._preflight, ())),
            ground=self._or_unseen(self._ground, ""),
            written_by=self._or_unseen(self._written_by, ""),
            versions=self._versions(observed, pages),
            etcd={name: asking.etcd_numbers(answer) for name, (answer, _) in etcd.items() if answer.ok},
            readings=(*self._or_unseen(self._clocks, ()), *self._read(clocks, {**pages, **etcd})),
            volumes=tuple(self._seen(self._or_unseen(self._volumes, {}))),
            binlogs=dict(self._present(binlogs)),
            expiries=tuple(expiries),
            jams=tuple(self._or_unseen(self._jams, ())),
            cells=cells_of(self._cells),
            unseen=tuple(dict.fromkeys(self._unseen)),
        )

    # Servers

    def _servers(self) -> Iterator[tuple[str, Callable[[], Page]]]:
        context = self._context
        yield "vtctld", self._page("vtctld", "vtctld", "", "/debug/vars")
        for cell in context.cluster.cells:
            name = f"vtgate/{cell.name}"
            yield name, self._page(name, "vtgate", cell.name, "/debug/vars")
            if context.release.has_vtorc:
                name = f"vtorc/{cell.name}"
                yield name, self._page(name, "vtorc", cell.name, "/debug/vars")

    def _page(self, name: str, component: str, subject: str, path: str) -> Callable[[], Page]:
        context, port = self._context, "metrics" if component == "etcd" else "http"
        return lambda: asking.page(context, name, context.target.address(component, subject, port), path)

    def _members(self) -> Iterator[tuple[str, Callable[[], Page]]]:
        """Only those of our own, which have a port for it, and external ones, which have it beside the clients'."""
        if self._context.cluster.topology.operator:
            return
        for name, address in members(self._context).items():
            yield name, self._member(name, address)

    def _member(self, name: str, address: Address | None) -> Callable[[], Page]:
        if address is None:
            return self._page(name, "etcd", name, "/metrics")
        return lambda: asking.page(self._context, name, address, "/metrics")

    def _versions(self, observed: Observed, pages: Mapping[str, Page]) -> dict[str, str]:
        found = {name: asking.version_of(answer) for name, (answer, _) in pages.items()}
        return found | {alias: str(seen.says.get("BuildVersion", "")) for alias, seen in observed.tablets.items()}

    # Tablets

    def _ask(self, aliases: list[str], what: str, call: Callable[[Context, str], T]) -> dict[str, Look[T]]:
        at = self._looks.at
        return {
            alias: at(f"{what} of {alias}", _bound(call, self._context, alias), asking.SECONDS) for alias in aliases
        }

    def _read(self, clocks: Mapping[str, Look[Reading]], pages: Mapping[str, Page]) -> Iterator[Reading]:
        yield from (reading for _, reading in self._present(clocks))
        yield from (reading for _, reading in pages.values() if reading is not None)

    def _present(self, looks: Mapping[str, Look[T]]) -> Iterator[tuple[str, T]]:
        for name, look in looks.items():
            found = self._or_unseen(look, None)
            if found is not None:
                yield name, found

    def _seen(self, looks: Mapping[str, Look[T]]) -> Iterator[T]:
        return (found for _, found in self._present(looks))

    # Certificates

    def _in_flags(self) -> Iterator[Expiry]:
        for name, look in self._files:
            content = self._or_unseen(look, b"")
            try:
                found = validity(content) if content else None
            except ValueError as error:
                self._unseen.append(Unseen(name, str(error), "see what the file holds"))
                continue
            if found is not None:
                yield Expiry(f"the certificate of {name}", found.begins, found.ends, _IN_FLAG)

    # What does not answer

    def _or_unseen(self, look: Look[Any], otherwise: Any) -> Any:
        try:
            return look.result()
        except Silent as error:
            self._unseen.append(Unseen(look.what, error.why, silent=True))
        except VitessctlError as error:
            self._unseen.append(Unseen(look.what, error.why or error.what, error.fix))
        except (ValueError, LookupError, TypeError) as error:
            self._unseen.append(Unseen(look.what, f"its answer is not understood ({error})"))
        return otherwise


def cell_looks(context: Context, looks: Looks) -> dict[str, Look[CellRecord | None]]:
    """Each by itself: they are in the global topology, which can be read where a cell's own cannot."""

    def read(name: str) -> CellRecord | None:
        return context.vtctld.cell(name)

    return {
        cell.name: looks.at(f"the record of {cell.name}", _bound(read, cell.name), CELL_SECONDS)
        for cell in context.cluster.cells
    }


def cells_of(looks: Mapping[str, Look[CellRecord | None]]) -> dict[str, CellRecord]:
    """Those that are registered."""
    return {name: record for name, look in looks.items() if (record := _quietly(look)) is not None}


def _begun(looks: Looks, ground: Ground) -> dict[str, Look[Any]]:
    return {name: looks.at(f"the disk of {name}", call, VOLUME_SECONDS) for name, call in ground.volumes().items()}


def _quietly(look: Look[T]) -> T | None:
    """`status` says of servers that do not answer, of each in its own way."""
    try:
        return look.result()
    except (Silent, UnreachableError, VitessctlError):
        return None


def _bound(call: Callable[..., T], *arguments: Any) -> Callable[[], T]:
    """Bound now, as a loop goes on."""
    return lambda: call(*arguments)
