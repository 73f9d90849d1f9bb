"""Status as lines for a person, or as JSON."""

from __future__ import annotations

import dataclasses
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from rich.console import Console

from vitessctl.report.columns import columns
from vitessctl.report.screen import REHEARSAL_BANNER
from vitessctl.status.catalogue import Finding, Severity
from vitessctl.status.report import ComponentLine, Status, TabletLine

Line = tuple[str, str]
"""A line and its style."""
Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]
STYLES = {Severity.ERROR: "bold red", Severity.UNKNOWN: "magenta", Severity.WARNING: "yellow"}
SAME_KIND = 5
"""How many findings of one kind are shown, where there are more; the JSON has all."""
LONG_TABLE = 60
"""A longer table shows only what is not well."""
_MARGIN = 9
_STATES = {"serving": "yes", "not serving": "NO", "unknown": "unknown"}


def status_data(status: Status) -> dict[str, Any]:
    """The status as a JSON object; field names are part of the interface."""
    data = dataclasses.asdict(status)
    data["health"] = status.health
    data["vtctld"] = [{"grpc": end["grpc"], "http": end["http"]} for end in data["vtctld"]]
    data["findings"] = [finding_data(each) for each in status.findings]
    return data


def finding_data(finding: Finding) -> dict[str, str]:
    """One finding as a JSON object."""
    return dataclasses.asdict(finding) | {"severity": finding.severity.value}


def print_status(status: Status, out: Console, verbose: int = 0) -> None:
    """Print it; on a terminal no line is longer than that is wide."""
    for line, style in status_lines(status, out.width if out.is_terminal else 0, verbose):
        out.print(line, style=style)


def status_lines(status: Status, width: int = 0, verbose: int = 0) -> Iterator[Line]:
    """Health, findings, tables. `width`: of a terminal, 0 for none. `verbose`: with the cause of each finding."""
    if status.target == "rehearsal":
        yield REHEARSAL_BANNER, "bold magenta"
    yield f"{status.cluster} ({status.target}): {status.health}", "bold green" if status.ready else "bold red"
    yield "", ""
    if status.findings:
        yield from findings_lines(status.findings, width, verbose)
        yield "", ""
    for title, header, rows in _tables(status):
        if rows:
            yield title, "bold"
            for line in columns([header, *rows]):
                yield _cut(f"  {line}", width), ""
            yield "", ""


def findings_lines(
    findings: Sequence[Finding], width: int, verbose: int, more: Callable[[Finding], str] = lambda finding: ""
) -> Iterator[Line]:
    """All of them, but of very many of one kind only the first. `more`: what else is said of one, "" for nothing."""
    counts, shown = Counter(each.id for each in findings), Counter[str]()
    for each in findings:
        shown[each.id] += 1
        if shown[each.id] <= SAME_KIND or counts[each.id] == SAME_KIND + 1:
            yield from _finding(each, width, verbose)
            if said := more(each):
                yield from ((line, "") for line in wrapped(f"{'':{_MARGIN}}{said}", width))
        elif shown[each.id] == counts[each.id]:
            rest = counts[each.id] - SAME_KIND
            yield f"{each.severity.value:<{_MARGIN}}… and {rest} more of this kind ({each.id})", STYLES[each.severity]


def _finding(finding: Finding, width: int, verbose: int) -> Iterator[Line]:
    for line in wrapped(f"{finding.severity.value:<{_MARGIN}}{finding.text}", width):
        yield line, STYLES[finding.severity]
    if verbose:
        for line in wrapped(f"{'':{_MARGIN}}cause:  {finding.cause}", width):
            yield line, ""
    for line in wrapped(f"{'':{_MARGIN}}remedy: {finding.remedy}", width):
        yield line, ""


def wrapped(text: str, width: int) -> list[str]:
    """One line, or on a terminal several, the later ones below the text."""
    line = " ".join(text.split("\n"))
    if not width or len(line) <= width:
        return [line]
    return textwrap.wrap(line, max(width, 2 * _MARGIN), subsequent_indent=" " * (_MARGIN + 2), break_on_hyphens=False)


def _cut(line: str, width: int) -> str:
    return line if not width or len(line) <= width else f"{line[: width - 1]}…"


def _tables(status: Status) -> Iterable[Table]:
    components = _short(status.components, [c for c in status.components if not c.running])
    yield (
        _title("Components", len(components), len(status.components), "not running"),
        ("name", "state", "pid", "restarts"),
        [_component(c) for c in components],
    )
    yield (
        "Shards",
        ("shard", "primary", "serving"),
        [(f"{s.keyspace}/{s.shard}", s.primary or _claimed(s.claims), _STATES[s.state]) for s in status.shards],
    )
    tablets = _short(status.tablets, [t for t in status.tablets if t.differs or t.state != "serving"])
    yield (
        _title("Tablets", len(tablets), len(status.tablets), "not well"),
        ("alias", "shard", "type", "serving", "lag", "GTIDs", "address"),
        [_tablet(t) for t in tablets],
    )
    yield (
        "Addresses",
        ("what", "mysql", "grpc", "http"),
        [(f"vtgate {g.cell}", g.mysql, g.grpc, g.http) for g in status.vtgate]
        + [("vtctld", "-", c.grpc, c.http) for c in status.vtctld],
    )


def _short(rows: Sequence[Any], telling: Sequence[Any]) -> Sequence[Any]:
    return rows if len(rows) <= LONG_TABLE else telling[:LONG_TABLE]


def _title(name: str, shown: int, count: int, what: str) -> str:
    return name if shown == count else f"{name} ({count}, shown are {shown} that are {what})"


def _component(line: ComponentLine) -> Sequence[str]:
    return (line.name, line.state, str(line.pid or "-"), str(line.restarts))


def _claimed(claims: Sequence[str]) -> str:
    """Where the topology names none, but a tablet says that it leads."""
    return f"NONE ({', '.join(claims)} says so)" if claims else "NONE"


def _tablet(line: TabletLine) -> Sequence[str]:
    lag = "-" if line.lag_seconds is None else f"{line.lag_seconds:.0f} s"
    shard = f"{line.keyspace}/{line.shard}"
    return (line.alias, shard, line.type or "-", _STATES[line.state], lag, _gtids(line), _address(line))


def _gtids(line: TabletLine) -> str:
    """`=`: has what its primary has; `-9`: lacks 9 transactions; `+2`: has 2 that its primary has not."""
    if line.lacks is None or line.errant is None:
        return "-"
    parts = [f"-{line.lacks}" if line.lacks else "", f"+{line.errant}" if line.errant else ""]
    return " ".join(part for part in parts if part) or "="


def _address(line: TabletLine) -> str:
    """Without the domain, which is the same for all pods of a cluster."""
    host, _, port = line.address.rpartition(":")
    if not host:
        return line.hostname or "-"
    numeric = host.replace(".", "").isdigit()
    return line.address if numeric else f"{host.partition('.')[0]}:{port}"
