"""The MySQL of an image beside what the release can manage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vitessctl import releases
from vitessctl.errors import VitessctlError
from vitessctl.probe import versions
from vitessctl.probe.checked import ImageDiffers, Row
from vitessctl.probe.programs import Program
from vitessctl.probe.questions import MYSQLD
from vitessctl.targets.base import Answer


@dataclass(frozen=True)
class Compared:
    """What came out of it."""

    row: Row
    errors: Sequence[VitessctlError] = ()


def compare(release: str, program: Program, answer: Answer) -> Compared:
    """Whether the release of the spec can start and manage the mysqld beside a mysqlctld."""
    version = versions.of_mysqld(answer.lines)
    row = Row(MYSQLD, program.runs_in or answer.question.program, version, "", 0, 0, ran=bool(version))
    able = releases.get(release).mysql_series
    where = f"image {program.runs_in}" if program.runs_in else "the mysqld on this machine"
    if answer.trouble is not None:
        return Compared(row)
    if not version:
        said = [line for line in answer.lines if line.strip()]
        return Compared(row, (_silent(where, answer.exit_code, said),))
    if "mariadb" in version.lower() or versions.series_of(version) not in able:
        default = releases.get(release).default_images.get(MYSQLD, "") if program.runs_in else ""
        error = ImageDiffers(
            f"Vitess {release} cannot manage MySQL {version}",
            where=where,
            why=f"it can start and manage MySQL {', '.join(able)}",
            fix=f"use {default} (images.mysqld), or another of these series" if default else "use one of these series",
        )
        return Compared(replace(row, wrong=1), (error,))
    return Compared(row)


def _silent(where: str, code: int, said: Sequence[str]) -> VitessctlError:
    return ImageDiffers(
        "its mysqld does not say its version",
        where=where,
        why=f"mysqld --version ended with exit code {code}",
        fix="use an image of MySQL",
        evidence=said[-3:],
    )
