"""Which logs a person means, and several as one stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from tests.support.world import a_cluster
from vitessctl.errors import ExitCode, UnreachableError, UsageError
from vitessctl.targets.logs import Wanted, follow_all, last_of, wanted

CLUSTER = a_cluster(cells=("zone1", "us-east-1"))
TABLET = "zone1-0000000100"


@pytest.mark.parametrize(
    ("text", "container", "expected"),
    [
        ("vtgate", "", Wanted("vtgate")),
        ("vtgate/zone1", "", Wanted("vtgate", "zone1")),
        ("etcd/etcd-0", "", Wanted("etcd", "etcd-0")),
        ("vttablet", "", Wanted("vttablet")),
        ("application", "", Wanted("application")),
        ("application/guestbook", "", Wanted("application", "guestbook")),
        ("mysqld", "", Wanted("mysqld")),
        ("mysqlctld", "", Wanted("mysqld")),
        ("mysqld/zone1-100", "", Wanted("mysqld", TABLET)),
        (TABLET, "", Wanted("vttablet", TABLET)),
        ("zone1-100", "", Wanted("vttablet", TABLET)),
        ("us-east-1-101", "", Wanted("vttablet", "us-east-1-0000000101")),
        ("zone1-4711", "", Wanted("vttablet", "zone1-0000004711")),  # Perhaps one that left the spec.
        ("zone1-100", "mysqld", Wanted("mysqld", TABLET)),
        ("zone1-100", "mysqlctld", Wanted("mysqld", TABLET)),
        ("zone1-100", "vttablet", Wanted("vttablet", TABLET)),
        ("zone1-100", "exporter", Wanted("vttablet", TABLET, "exporter")),
        ("vtgate", "proxy", Wanted("vtgate", "", "proxy")),
    ],
)
def test_what_is_meant(text: str, container: str, expected: Wanted) -> None:
    assert wanted(CLUSTER, text, container) == expected


@pytest.mark.parametrize(
    "text", ["vtgat", "", "zone9-100", "zone1", "vttablet/zone1", "mysqld/x-1", "zone1-100/x", "-"]
)
def test_what_can_mean_nothing(text: str) -> None:
    with pytest.raises(UsageError, match="no component and no tablet") as caught:
        wanted(CLUSTER, text)

    assert caught.value.exit_code is ExitCode.SPEC
    assert TABLET in caught.value.why


@dataclass(frozen=True)
class Written:
    """A log that is what it is."""

    name: str
    lines: Sequence[str]
    breaks: bool = False

    def last(self, lines: int) -> Sequence[str]:
        return self.lines[-lines:]

    def follow(self, lines: int) -> Iterator[str]:
        yield from self.last(lines)
        if self.breaks:
            raise UnreachableError("the connection broke off", why="reset by peer")


ONE, TWO = Written("vtgate-a", ["1", "2", "3"]), Written("vtgate-b", ["x", ""])


def test_one_log_is_printed_as_it_is() -> None:
    assert list(last_of([ONE], 2)) == ["2", "3"]
    assert list(follow_all([ONE], 2)) == ["2", "3"]


def test_of_several_each_line_has_its_servers_name() -> None:
    expected = ["vtgate-a: 2", "vtgate-a: 3", "vtgate-b: x", "vtgate-b: "]

    assert list(last_of([ONE, TWO], 2)) == expected
    assert sorted(follow_all([ONE, TWO], 2)) == sorted(expected)


def test_what_breaks_off_is_said_and_the_others_go_on() -> None:
    lines = list(follow_all([Written("vtgate-c", ["last words"], breaks=True), ONE], 9))

    assert [line for line in lines if line.startswith("vtgate-c")] == [
        "vtgate-c: last words",
        "vtgate-c: cannot be followed any longer: the connection broke off: reset by peer",
    ]
    assert [line for line in lines if line.startswith("vtgate-a")] == ["vtgate-a: 1", "vtgate-a: 2", "vtgate-a: 3"]
