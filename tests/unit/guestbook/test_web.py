"""The pages: what a person sees, and what becomes of what was typed."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from guestbook import web
from guestbook.database import Message
from guestbook.web import create_app

from tests.unit.guestbook.store import HeldTime, Table

NOW = 1_795_723_200 * 10**9


class Visitor:
    """A person's browser without scripts."""

    def __init__(self, table: Table, **settings: Any) -> None:
        self.time = HeldTime()
        self.client = create_app(table, self.time.clock, **settings).test_client()

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def post(self, page: int, text: str, headers: dict[str, str] | None = None, **more: str) -> Any:
        return self.client.post(f"/page/{page}", data={"message": text, **more}, headers=headers)


def element(response: Any, name: str) -> str:
    """The text of the element with an id, "" where there is none."""
    found = re.search(rf'<(\w+)[^>]*id="{name}"[^>]*>(.*?)</\1>', response.text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[2])).split()) if found else ""


def hidden(response: Any) -> str:
    """What the form repeats."""
    found = re.search(r'name="created" value="(\d+)"', response.text)
    return found[1] if found else ""


def test_the_front_page_leads_to_any_page() -> None:
    asked: list[int] = []
    visitor = Visitor(Table(), choose=lambda count: asked.append(count) or 42)
    response = visitor.get("/")
    assert (response.status_code, response.location, asked) == (302, "/page/42", [100])


def test_every_page_is_chosen_some_time() -> None:
    visitor = Visitor(Table())
    seen = {visitor.get("/").location for _ in range(2000)}
    assert {"/page/1", "/page/100"} <= seen <= {f"/page/{number}" for number in range(1, 101)}


def test_an_empty_page_invites() -> None:
    response = Visitor(Table()).get("/page/7")
    assert response.status_code == 200
    assert "Nobody has written on this page yet" in response.text
    assert element(response, "tablet-type") == "replica"


@pytest.mark.parametrize(
    ("answers", "from_replicas", "said"),
    [
        ("replica", True, "Messages are written to the primary and read from replicas."),
        ("primary", True, "No replica answers at the moment."),
        ("primary", False, "reads at replicas for no MySQL client."),
    ],
)
def test_a_page_says_who_was_asked_and_why(answers: str, from_replicas: bool, said: str) -> None:
    response = Visitor(Table(answers=answers, from_replicas=from_replicas)).get("/page/7")

    assert element(response, "tablet-type") == answers
    assert said in " ".join(response.text.split())


def test_a_person_posts_and_is_led_to_the_message() -> None:
    visitor = Visitor(Table())
    posted = visitor.post(7, "  Hello,\r\nworld  ")
    assert (posted.status_code, posted.location) == (303, f"/page/7?after={NOW}")

    shown = visitor.get(posted.location)
    assert element(shown, "messages") == "Hello, world 26 November 2026, 20:00 UTC"
    assert element(shown, "message") == element(shown, "notice") == element(shown, "error") == ""


def test_what_was_typed_is_text_and_never_a_part_of_the_page() -> None:
    visitor = Visitor(Table(unwritable="<i>no</i>"))
    evil = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    failed = visitor.post(7, evil)
    assert "<script>" not in failed.text
    assert "<i>" not in failed.text
    assert "<img" not in failed.text
    visitor = Visitor(Table(primary={7: [Message(1, evil)]}))
    assert "<script>" not in visitor.get("/page/7").text


def test_a_failure_is_said_and_the_text_is_kept() -> None:
    table = Table(primary={7: [Message(1, "earlier")]}, unwritable="no healthy tablet available")
    visitor = Visitor(table)
    failed = visitor.post(7, "\nHello,\nworld")

    assert failed.status_code == 503
    assert failed.headers["Retry-After"] == "5"
    assert element(failed, "error") == f"{web.NOT_SAVED} The database says: no healthy tablet available"
    assert ">\nHello,\nworld</textarea>" in failed.text
    assert "earlier" in element(failed, "messages"), "the page still shows"

    table.unwritable = ""
    visitor.time.seconds += 60
    assert visitor.post(7, "Hello,\nworld", created=hidden(failed)).location == f"/page/7?after={NOW}"
    assert table.primary[7][1:] == [Message(NOW, "Hello,\nworld")]


@pytest.mark.parametrize(
    ("repeated", "counts"),
    [
        (str(NOW), True),
        (str(NOW - 3599 * 10**9), True),
        (str(NOW - 3600 * 10**9), False),
        (str(NOW + 10**9), False),
        ("", False),
        ("-5", False),
        ("1e18", False),
        ("٣", False),
        ("9" * 40, False),
    ],
)
def test_a_form_repeats_a_moment_of_the_last_hour_only(repeated: str, counts: bool) -> None:
    table = Table()
    Visitor(table).post(7, "hello", created=repeated)
    assert table.primary[7] == [Message(int(repeated) if counts else NOW, "hello")]


def test_pages_that_cannot_be_read_say_so_and_can_be_written_on() -> None:
    response = Visitor(Table(unreadable="gone")).get("/page/7")
    assert response.status_code == 503
    assert element(response, "error") == f"{web.NOT_READ} The database says: gone"
    assert 'id="post"' in response.text


def test_a_failed_write_matters_more_than_a_failed_read() -> None:
    response = Visitor(Table(unreadable="gone", unwritable="lost")).post(7, "hello")
    assert element(response, "error") == f"{web.NOT_SAVED} The database says: lost"


@pytest.mark.parametrize("text", ["", "  \r\n ", "x" * (web.LONGEST + 1)])
def test_what_is_no_message_is_not_written(text: str) -> None:
    table = Table()
    response = Visitor(table).post(7, text)
    assert response.status_code == 400
    assert element(response, "error") in ("Write something.", "The message has 2001 characters; it may have 2000.")
    assert table.primary == {}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_another_site_cannot_post(headers: dict[str, str], status: int) -> None:
    table = Table()
    response = Visitor(table).post(7, "hello", headers)
    assert response.status_code == status
    assert bool(table.primary) is (status == 303)
    if status == 403:
        assert element(response, "error") == web.ELSEWHERE


def test_a_page_waits_for_the_replica_to_have_what_was_just_written() -> None:
    table = Table(replica={})
    visitor = Visitor(table)
    after = visitor.post(7, "hello").location

    late = visitor.get(after)
    assert element(late, "notice") == web.ON_ITS_WAY
    assert table.reads > 10

    table.replica = None
    assert element(visitor.get(after), "notice") == ""


def test_a_message_that_newer_ones_have_pushed_away_is_not_waited_for() -> None:
    table = Table(primary={7: [Message(moment, "x") for moment in range(1, 61)]})
    response = Visitor(table).get("/page/7?after=1")
    assert (element(response, "notice"), table.reads) == ("", 1)


@pytest.mark.parametrize("path", ["/page/0", "/page/101", "/page/x", "/page/-1", "/elsewhere"])
def test_there_is_no_other_page(path: str) -> None:
    response = Visitor(Table()).get(path)
    assert response.status_code == 404
    assert "1 to 100" in response.text
    if path == "/page/101":
        assert Visitor(Table()).post(101, "hello").status_code == 404


def test_it_is_healthy_once_it_has_read_and_then_speaks_for_itself() -> None:
    table = Table(unreadable="gone")
    visitor = Visitor(table)
    assert (visitor.get("/healthz").status_code, visitor.get("/healthz").text) == (
        503,
        "the messages cannot be read: gone\n",
    )
    table.unreadable = ""
    assert visitor.get("/healthz").status_code == 200
    table.unreadable = "gone again"
    assert visitor.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/page/7", "/page/0", "/healthz", "/static/guestbook.css"])
def test_a_page_loads_and_runs_nothing_from_elsewhere(path: str) -> None:
    response = Visitor(Table()).get(path)
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "://" not in re.sub(r"http://www.w3.org/\S+", "", response.text)
    if "static" not in path:
        assert response.headers["Cache-Control"] == "no-store"


def test_a_huge_form_is_refused() -> None:
    assert Visitor(Table()).post(7, "x" * 100_000).status_code == 413


@pytest.mark.parametrize(("number", "links"), [(1, ["/page/2"]), (50, ["/page/49", "/page/51"]), (100, ["/page/99"])])
def test_pages_lead_to_their_neighbours(number: int, links: list[str]) -> None:
    response = Visitor(Table()).get(f"/page/{number}")
    assert re.findall(r'rel="(?:prev|next)" href="(.*?)"', response.text) == links
