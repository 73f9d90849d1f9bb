"""The errors with which a drill ends that did not go well; the report is shown before."""

from __future__ import annotations

from vitessctl.drills.report import Report
from vitessctl.errors import ExitCode, Interrupted, NotReadyError, VitessctlError
from vitessctl.spec.words import counted

SHOWN = 10


class RowsLost(VitessctlError):
    """Rows of which a client was told that they are written are not there."""

    exit_code = ExitCode.LOST

    def __init__(self, report: Report) -> None:
        lacking = [each for each in report.rows.tablets if each.missing]
        super().__init__(
            f"{counted(report.rows.lost, 'acknowledged row')} lost",
            where=report.table,
            why="a client was told that they are written, and they are not there",
            evidence=[
                f"{each.alias} lacks {counted(len(each.missing), 'row')}: {_some(each.missing)}" for each in lacking
            ],
            fix="the table is kept as evidence; vitessctl replication compares the tablets' transactions",
        )


class NotHealed(NotReadyError):
    """Not everything was well again in time."""

    def __init__(self, report: Report) -> None:
        late = report.healed is None
        unasked = [f"{each.alias}: {each.unasked}" for each in report.rows.tablets if each.unasked]
        super().__init__(
            f"not healed within {report.limit:g} s"
            if late
            else "healed, but not every tablet could be asked for its rows",
            where=report.shard,
            why=_why(report),
            evidence=[*(f"{label} is not back" for label in report.gone), *(f.text for f in report.left), *unasked],
            fix=next((finding.remedy for finding in report.left), "vitessctl status says what is left to do"),
        )


def _why(report: Report) -> str:
    if report.healed is not None:
        return "so nobody knows whether they are complete there"
    if not report.writes.over:
        return "writes still fail"
    return "not everything is as it was before the kill"


def _some(numbers: tuple[int, ...]) -> str:
    more = len(numbers) - SHOWN
    return ", ".join(map(str, numbers[:SHOWN])) + (f" and {more} more" if more > 0 else "")


def end_of(report: Report) -> VitessctlError | None:
    """The error of a report; None where all went well."""
    code = report.exit_code
    if code is ExitCode.LOST:
        return RowsLost(report)
    if code is ExitCode.INTERRUPTED:
        return Interrupted(
            "interrupted",
            where=report.shard,
            why="nobody waited until all was well, and nobody counted the rows",
            fix=f"vitessctl status says how it stands; the table {report.table} is yours to drop",
        )
    return NotHealed(report) if code is ExitCode.NOT_READY else None
