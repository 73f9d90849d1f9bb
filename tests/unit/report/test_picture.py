"""The picture of a cluster, and the page that follows it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.report.page import page
from vitessctl.report.picture import ABREAST, Box, picture, svg
from vitessctl.status.catalogue import Finding, Severity
from vitessctl.status.report import ComponentLine, Endpoint, ShardLine, Status, TabletLine

SVG = "{http://www.w3.org/2000/svg}"


def tablet(cell: str, uid: int, type_: str = "replica", shard: str = "0", state: str = "serving") -> TabletLine:
    alias = f"{cell}-{uid:010d}"
    return TabletLine(alias, "messages", shard, type_, state == "serving", "host", 0.0, state=state)


def component(name: str) -> ComponentLine:
    return ComponentLine(f"Program/{name}", name.partition("-")[0], "RUNNING", running=True, pid=1, restarts=0)


def finding(subject: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding("made-up", severity, subject, "is <not> well", "a cause", "a remedy & more")


HEALTHY = Status(
    cluster="shop",
    target="local",
    ready=True,
    vtgate=(Endpoint("", "", cell="zone1"), Endpoint("", "", cell="zone10")),
    components=tuple(map(component, ("etcd-0", "vtctld", "vtgate-zone1", "vtgate-zone10", "vtorc-zone1"))),
    shards=(ShardLine("messages", "0", "zone1-0000000100", True, "serving"),),
    tablets=(tablet("zone1", 100, "primary"), tablet("zone1", 101), tablet("zone10", 200), tablet("zone1", 102)),
)


def boxes(status: Status) -> dict[str, Box]:
    return {box.lines[0]: box for box in picture(status).boxes}


def test_each_cell_has_its_servers_and_tablets_below_its_name() -> None:
    lefts = {label.text: label.x for label in picture(HEALTHY).labels if label.kind == "cell"}
    placed = boxes(HEALTHY)

    assert list(lefts) == ["cell zone1", "cell zone10"]
    assert placed["vtgate-zone1"].x == placed["zone1-0000000100"].x == lefts["cell zone1"]
    assert placed["vtgate-zone10"].x == placed["zone10-0000000200"].x == lefts["cell zone10"]
    assert placed["zone1-0000000102"].x + placed["zone1-0000000102"].width < lefts["cell zone10"]


@pytest.mark.parametrize(
    ("changed", "kind", "state", "last"),
    [
        ({}, "replica", "serving", "serving"),
        ({"type": "primary"}, "primary", "serving", "serving"),
        ({"type": "rdonly", "lag_seconds": 7.4}, "rdonly", "serving", "serving, lag 7 s"),
        ({"differs": ("is stale",)}, "replica", "warned", "serving"),
        ({"state": "not serving", "lacks": 3}, "replica", "broken", "not serving, lacks 3"),
        ({"state": "unknown", "errant": 1}, "replica", "unknown", "unknown, errant 1"),
        ({"type": "", "state": ""}, "other", "unknown", "unknown"),
    ],
)
def test_role_and_health_of_a_tablet(changed: dict[str, object], kind: str, state: str, last: str) -> None:
    one = replace(tablet("zone1", 101), **changed)  # type: ignore[arg-type]
    box = boxes(replace(HEALTHY, tablets=(one,)))["zone1-0000000101"]
    assert (box.kind, box.state, box.lines[-1]) == (kind, state, last)
    assert box.hint == "; ".join(one.differs)


@pytest.mark.parametrize(
    ("status", "server", "state"),
    [
        (HEALTHY, "vtorc-zone1", "serving"),
        (replace(HEALTHY, findings=(finding("vtorc/zone1"),)), "vtorc-zone1", "broken"),
        (replace(HEALTHY, findings=(finding("vtorc/zone1", Severity.WARNING),)), "vtorc-zone1", "serving"),
        (replace(HEALTHY, findings=(finding("vtctld"),)), "vtctld", "broken"),
        (replace(HEALTHY, findings=(finding("Program/etcd-0"),)), "etcd-0", "broken"),
        (replace(HEALTHY, components=(replace(component("vtctld"), running=False),)), "vtctld", "broken"),
    ],
)
def test_a_server_that_does_not_run_or_does_not_answer_is_marked(status: Status, server: str, state: str) -> None:
    assert boxes(status)[server].state == state


def test_a_shard_without_a_primary_says_so() -> None:
    leaderless = replace(HEALTHY, shards=(ShardLine("messages", "0", "", False, "not serving"),))
    assert ("broken", "no primary") in [(label.kind, label.text) for label in picture(leaderless).labels]


@given(st.lists(st.tuples(st.sampled_from(["zone1", "zone2"]), st.sampled_from(["-80", "80-"])), max_size=30))
def test_nothing_covers_anything_else_and_all_is_inside(where: list[tuple[str, str]]) -> None:
    tablets = tuple(tablet(cell, number, shard=shard) for number, (cell, shard) in enumerate(where))
    shards = tuple(ShardLine("messages", shard, "", False) for shard in ("-80", "80-"))
    drawn = picture(replace(HEALTHY, tablets=tablets, shards=shards))

    assert len(drawn.boxes) == len(tablets) + 4 + (1 if "zone10" in [e.cell for e in HEALTHY.vtgate] else 0)
    for number, one in enumerate(drawn.boxes):
        assert 0 < one.x < one.x + one.width < drawn.width
        assert 0 < one.y < one.y + one.height < drawn.height
        for other in drawn.boxes[number + 1 :]:
            apart = one.x + one.width <= other.x or other.x + other.width <= one.x
            assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y


def test_many_tablets_of_a_shard_go_below_each_other() -> None:
    many = tuple(tablet("zone1", number) for number in range(ABREAST + 1))
    placed = boxes(replace(HEALTHY, tablets=many))
    assert placed["zone1-0000000003"].x == placed["zone1-0000000000"].x
    assert placed["zone1-0000000003"].y > placed["zone1-0000000000"].y


def test_the_file_is_xml_whatever_the_words_are() -> None:
    text = svg(replace(HEALTHY, cluster="<&>", findings=(finding("a <b>"),)))
    words = [element.text for element in ElementTree.fromstring(text).iter(f"{SVG}text")]
    assert "<&> (local): ready, 1 error" in words
    assert "a <b>: is <not> well" in words


def test_no_more_findings_are_written_than_fit() -> None:
    text = svg(replace(HEALTHY, ready=False, findings=tuple(finding(f"tablet {n}") for n in range(11))))
    assert "and 3 more: vitessctl status" in text
    assert "tablet 7: is" in text
    assert "tablet 8: is" not in text
    assert "is &lt;not&gt;" not in svg(replace(HEALTHY, findings=(finding("x"),)), findings=0)


def test_the_page_shows_findings_with_their_remedies() -> None:
    text = page(replace(HEALTHY, ready=False, findings=(finding("zone1-0000000101"),)), "", 2.0)
    assert '<meta http-equiv="refresh" content="2">' in text
    assert "zone1-0000000101: is &lt;not&gt; well" in text
    assert "a remedy &amp; more" in text
    assert "REHEARSAL" not in text
    assert "REHEARSAL" in page(replace(HEALTHY, target="rehearsal"), "", 2.0)


def test_the_page_says_that_a_look_failed_and_shows_what_was_seen_before() -> None:
    text = page(HEALTHY, "no way to <it>", 0.2)
    assert "The last look failed" in text
    assert "no way to &lt;it&gt;" in text
    assert '<img src="/picture.svg"' in text
    assert "<img" not in page(None, "", 2.0)
