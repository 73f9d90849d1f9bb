"""docs/status.md: every finding with cause and remedy, and its numbers, beside the code."""

from __future__ import annotations

import re

import pytest

from tests.support.live import REPOSITORY
from tools.status_reference import MARK, page
from vitessctl.cli.status import DEFAULT_SECONDS
from vitessctl.errors import ExitCode
from vitessctl.report.status import LONG_TABLE, SAME_KIND
from vitessctl.status import observe
from vitessctl.status.catalogue import Kind, finding, kinds
from vitessctl.status.view import MAX_LAG

PAGE = (REPOSITORY / "docs" / "status.md").read_text(encoding="utf-8")
HEAD, _, TABLES = PAGE.partition(MARK)


def test_the_tables_are_what_the_catalogue_says() -> None:
    assert page(PAGE) == PAGE, "run python -m tools.status_reference"


def test_a_page_without_its_mark_is_not_overwritten() -> None:
    with pytest.raises(ValueError, match="has lost its mark"):
        page(HEAD)


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds())
def test_every_finding_is_there_with_cause_and_remedy(kind: Kind) -> None:
    (row,) = [line for line in TABLES.splitlines() if line.startswith(f"| `{kind.id}` |")]
    name, says, cause, remedy = row.strip("| ").split(" | ")

    assert name == f"`{kind.id}`"
    assert cause == kind.cause.replace("|", "&#124;")
    assert all(cell.strip() for cell in (says, remedy))
    assert not re.search(r"(?<!')\{[a-z_]+\}", row), "a fact's place is left in it"


def test_the_example_is_what_status_says() -> None:
    alias, shard = "zone1-0000000102", "messages/0"
    stopped = finding("replication-stopped", alias, threads="IO thread does not run, SQL thread does not run")
    stale = finding("stale", alias, although=", although it says SERVING", lacking=12, total=1038, lag="", shard=shard)

    for each in (stopped, stale):
        assert f"error    {each.text}\n         remedy: {each.remedy}\n" in HEAD


def test_the_numbers() -> None:
    words = " ".join(HEAD.split())
    deadlines = f"{observe.PAGE_SECONDS:g} s for a page, {observe.MYSQL_SECONDS:g} s for a MySQL, "
    deadlines += f"{observe.TOPOLOGY_SECONDS:g} s for a read of the topology, {observe.TARGET_SECONDS:g} s for the "
    assert deadlines in words
    assert f"ends after {observe.SECONDS:g} s, and {observe.SECONDS_A_TABLET:g} s more for each tablet" in words
    assert f"once more {observe.ON_ITS_WAY_SECONDS:g} s later" in words
    assert f"A lag is a warning from {MAX_LAG:g} s on" in words
    assert f"every {DEFAULT_SECONDS:g} seconds, until Ctrl-C" in words
    assert f"More than {LONG_TABLE} rows" in words
    assert f"more than {SAME_KIND + 1} findings of one kind to {SAME_KIND};" in words


def test_the_exit_code() -> None:
    codes = (REPOSITORY / "docs" / "exit-codes.md").read_text(encoding="utf-8")

    assert f"{int(ExitCode.NOT_READY)} when it is not" in HEAD
    assert "`status`, `doctor`: an error, or something that could not be seen" in codes
    assert "`status --watch` ends with 0" in codes


def test_every_severity_is_explained() -> None:
    explained = set(re.findall(r"^\| `(\w+)` \| .* \| (?:yes|no) \|$", HEAD, flags=re.MULTILINE))

    assert explained == {kind.severity.value for kind in kinds().values()}
