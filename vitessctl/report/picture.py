"""A cluster as a picture: cells beside each other, shards below each other, tablets where both meet. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from vitessctl.status.catalogue import Severity
from vitessctl.status.report import ComponentLine, ShardLine, Status, TabletLine

LABEL = 170
"""Width of the column with the names of shards, in pixels; so are all numbers here."""
TABLET = (158, 66)
SERVER = (158, 34)
GAP = 12
ABREAST = 3
"""Tablets of a shard beside each other in one cell; more go below."""
HEADER = 116
FINDINGS = 8
"""How many are written below; the status has them all."""
_STATES = {"serving": "serving", "not serving": "broken"}


@dataclass(frozen=True)
class Box:
    """A rectangle with lines of text. `state`: serving, broken, unknown, warned; `hint` is shown under a pointer."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    state: str
    lines: tuple[str, ...]
    hint: str = ""


@dataclass(frozen=True)
class Label:
    """A text; `kind` is its CSS class."""

    x: int
    y: int
    kind: str
    text: str


@dataclass(frozen=True)
class Picture:
    """All that is drawn."""

    width: int
    height: int
    title: str
    boxes: tuple[Box, ...]
    labels: tuple[Label, ...]


def svg(status: Status, findings: int = FINDINGS) -> str:
    """The picture as the text of an SVG file, with that many findings written below."""
    return str(_template().render(picture=picture(status, findings), ready=status.ready))


def picture(status: Status, findings: int = FINDINGS) -> Picture:
    """Where everything is drawn."""
    cells = _cells(status)
    lefts = _lefts(status, cells)
    boxes = [*_globals(status), *_cell_servers(status, lefts)]
    labels = [Label(lefts[cell], HEADER + 20, "cell", f"cell {cell}") for cell in cells]
    top = HEADER + 34 + _tallest(status, cells) * (SERVER[1] + GAP) + GAP
    for shard in status.shards:
        labels.append(Label(GAP, top + 24, "shard", f"{shard.keyspace}/{shard.shard}"))
        labels.append(Label(GAP, top + 44, _state(shard.state), _leads(shard)))
        placed = list(_tablets(status, shard, lefts, top))
        boxes += placed
        top = max([top + TABLET[1], *(box.y + box.height for box in placed)]) + 2 * GAP
    for finding in status.findings[:findings]:
        top += 20
        labels.append(Label(GAP, top, finding.severity.value, finding.text))
    if findings and (more := len(status.findings) - findings) > 0:
        top += 20
        labels.append(Label(GAP, top, "more", f"and {more} more: vitessctl status"))
    right = max([LABEL + TABLET[0], *(box.x + box.width for box in boxes)]) + GAP
    wide = max([right, *(label.x + 8 * len(label.text) for label in labels)])
    return Picture(
        min(wide, max(right, 1200)),
        top + 2 * GAP,
        f"{status.cluster} ({status.target}): {status.health}",
        tuple(boxes),
        tuple(labels),
    )


def _cells(status: Status) -> list[str]:
    named = [end.cell for end in status.vtgate] + [_cell_of(tablet) for tablet in status.tablets]
    return list(dict.fromkeys(named))


def _cell_of(tablet: TabletLine) -> str:
    return tablet.alias.rpartition("-")[0]


def _lefts(status: Status, cells: Sequence[str]) -> dict[str, int]:
    """Where the column of each cell begins; as wide as its widest shard."""
    lefts, left = {}, LABEL
    for cell in cells:
        lefts[cell] = left
        most = max((len(_own(status, shard, cell)) for shard in status.shards), default=1)
        left += max(1, min(most, ABREAST)) * (TABLET[0] + GAP) + GAP
    return lefts


def _own(status: Status, shard: ShardLine, cell: str) -> list[TabletLine]:
    mine = (shard.keyspace, shard.shard, cell)
    return [tablet for tablet in status.tablets if (tablet.keyspace, tablet.shard, _cell_of(tablet)) == mine]


def _globals(status: Status) -> Iterator[Box]:
    """etcd and vtctld, above the cells."""
    servers = [line for line in status.components if line.component in ("etcd", "vtctld")]
    for number, line in enumerate(servers):
        yield _server(status, line, "", LABEL + number * (SERVER[0] + GAP), HEADER - SERVER[1] - GAP)


def _cell_servers(status: Status, lefts: dict[str, int]) -> Iterator[Box]:
    for cell, left in lefts.items():
        for number, line in enumerate(_of_cell(status, cell)):
            yield _server(status, line, cell, left, HEADER + 34 + number * (SERVER[1] + GAP))


def _of_cell(status: Status, cell: str) -> list[ComponentLine]:
    ours = re.compile(rf"-{re.escape(cell)}(?:-|$)")
    return [line for line in status.components if line.component in ("vtgate", "vtorc") and ours.search(line.name)]


def _tallest(status: Status, cells: Sequence[str]) -> int:
    return max((len(_of_cell(status, cell)) for cell in cells), default=0)


def _server(status: Status, line: ComponentLine, cell: str, x: int, y: int) -> Box:
    """Broken where it does not run, and where it runs and does not answer."""
    name = line.name.partition("/")[2] or line.name
    short = name if len(name) <= 21 else f"…{name[-20:]}"
    subjects = (line.name, f"{line.component}/{cell}" if cell else line.component)
    broken = not line.running or any(
        finding.subject in subjects and finding.severity is not Severity.WARNING for finding in status.findings
    )
    return Box(x, y, *SERVER, "server", "broken" if broken else "serving", (short,), f"{line.name}: {line.state}")


def _tablets(status: Status, shard: ShardLine, lefts: dict[str, int], top: int) -> Iterator[Box]:
    for cell, left in lefts.items():
        for number, tablet in enumerate(_own(status, shard, cell)):
            x = left + number % ABREAST * (TABLET[0] + GAP)
            yield _tablet(tablet, x, top + number // ABREAST * (TABLET[1] + GAP))


def _tablet(tablet: TabletLine, x: int, y: int) -> Box:
    state = _state(tablet.state)
    if state == "serving" and tablet.differs:
        state = "warned"
    kind = tablet.type if tablet.type in ("primary", "replica", "rdonly") else "other"
    lines = (tablet.alias, tablet.type or "no record", _condition(tablet))
    return Box(x, y, *TABLET, kind, state, lines, "; ".join(tablet.differs))


def _condition(tablet: TabletLine) -> str:
    words = [tablet.state or "unknown"]
    if tablet.lag_seconds and tablet.type != "primary":
        words.append(f"lag {tablet.lag_seconds:.0f} s")
    if tablet.lacks:
        words.append(f"lacks {tablet.lacks}")
    if tablet.errant:
        words.append(f"errant {tablet.errant}")
    return ", ".join(words)


def _state(state: str) -> str:
    return _STATES.get(state, "unknown")


def _leads(shard: ShardLine) -> str:
    return shard.state or "unknown" if shard.primary else "no primary"


@cache
def _template() -> Any:
    from jinja2 import Environment

    text = resources.files("vitessctl.report").joinpath("picture.svg.j2").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(text)
