"""docs/doctor.md beside the code: its tables are generated, its numbers are the code's, its commands exist."""

from __future__ import annotations

import re

from tests.support.live import REPOSITORY
from tests.unit.cli.conftest import Cli, cli
from tools.doctor_reference import MARK, page
from vitessctl.doctor import examine
from vitessctl.doctor.carrying_out import HELP_SECONDS, Result
from vitessctl.doctor.checks import certificates, clocks, disks
from vitessctl.run.stages.replication import SETTLED_SECONDS

__all__ = ["cli"]
PAGE = (REPOSITORY / "docs" / "doctor.md").read_text(encoding="utf-8")
HEAD = PAGE.partition(MARK)[0]
GIB = 1024**3


def test_the_tables_are_those_of_the_code() -> None:
    assert page(PAGE) == PAGE, "run python -m tools.doctor_reference"


def test_the_limits_are_those_of_the_code() -> None:
    low = f"below {disks.LOW_SHARE:.0%} and {disks.LOW_BYTES // GIB} GiB a warning"
    sentence = f"{low}, below {disks.FULL_SHARE:.0%} and {disks.FULL_BYTES // GIB} GiB an error"
    assert sentence.replace("%", " %") in HEAD
    assert f"below {disks.INODES_LOW:.0%} and {disks.INODES_FULL:.0%}".replace("%", " %") in HEAD
    assert f"binary logs above {disks.BINLOGS_SHARE:.0%}".replace("%", " %") in HEAD
    assert f"({disks.QUOTA_LOW:.0%}, {disks.QUOTA_FULL:.0%})".replace("%", " %") in HEAD
    assert f"apart by more than {clocks.APART_SECONDS:.0f} s" in HEAD
    assert f"this machine's by more than {clocks.OWN_SECONDS:.0f} s" in HEAD
    assert f"ends within {certificates.SOON_SECONDS / 86400:.0f} days" in HEAD
    assert certificates.SOON_SHARE == 0.25
    assert f"after {examine.SECONDS:.0f} s, and {examine.SECONDS_A_TABLET:g} s more" in HEAD
    assert f"deadline of {examine.PAGE_SECONDS:.0f} to {examine.GROUND_SECONDS:.0f} s" in HEAD
    assert f"there still after {SETTLED_SECONDS:.0f} s" in HEAD
    assert f"looked at again, for {HELP_SECONDS:.0f} s" in HEAD


def test_every_result_is_explained() -> None:
    assert [each.value for each in Result] == re.findall(r"^\| `([a-z ]+)` \| ", HEAD, flags=re.MULTILINE)


def test_every_option_that_the_page_names_is_there(cli: Cli) -> None:
    told = set(re.findall(r"vitessctl doctor [^\n#]*?(--[a-z-]+)", HEAD)) | {"--fix", "--check", "--max-lag", "--yes"}

    shown = cli("doctor", "--help").out
    assert all(option in shown for option in told)
