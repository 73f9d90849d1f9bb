"""What a person sees of the guestbook: on a good day, and while the primary is dead."""

from __future__ import annotations

import re
import time

from tests.browser.chromium import Page, browser
from tests.browser.conftest import Guestbook


def test_a_person_posts_reloads_and_sees_it(guestbook: Guestbook, person: Page) -> None:
    assert f"guestbook:        {guestbook.url}/" in guestbook.screen, "up says where it is"

    person.open(guestbook.url)
    assert re.fullmatch(rf"{guestbook.url}/page/\d+", person.url), "the front page leads to any page"

    person.open(guestbook.page(7))
    assert person.shown("messages") == ""
    person.write("Grüße aus <b>Wien</b> 😀\n'zweite' Zeile")
    assert "Grüße aus <b>Wien</b> 😀\n'zweite' Zeile" in person.shown("messages")
    assert person.typed() == ""
    person.picture("posted")

    person.open(guestbook.page(7)).reload()
    assert "Grüße aus <b>Wien</b> 😀\n'zweite' Zeile" in person.shown("messages")
    assert person.shown("tablet-type") == "replica"

    person.open(guestbook.page(8))
    assert "Wien" not in person.shown("messages"), "another page has other messages"
    assert [address for address in person.requests() if not address.startswith(guestbook.url)] == []
    assert person.complaints() == []


def test_the_primary_dies(guestbook: Guestbook, person: Page) -> None:
    page = guestbook.page(42)
    person.open(page).write("before")

    with guestbook.without_a_primary() as dead:
        person.open(page)
        assert "before" in person.shown("messages"), "the page still shows"
        assert person.shown("tablet-type") == "replica"

        person.write("while it was dead")
        assert "Your message was not confirmed, so it may not be saved." in person.shown("error")
        assert "The database says: " in person.shown("error")
        assert person.typed() == "while it was dead", "nothing that was typed is lost"
        assert "before" in person.shown("messages")
        person.picture("failed")

    failed = _press_until_posted(person)
    person.picture("posted-again")
    assert failed < 60
    lines = person.open(page).shown("messages")
    assert lines.count("while it was dead") == 1, "it is there once, however often it was posted"
    assert "before" in lines
    assert guestbook.primary() != dead


def _press_until_posted(person: Page, seconds: float = 90.0) -> int:
    """Press Post until the message is there; gives how often it failed. Each failure keeps what was typed."""
    deadline = time.monotonic() + seconds
    failed = 0
    while person.press("post").shown("error"):
        assert person.typed() == "while it was dead"
        assert time.monotonic() < deadline, f"posting has not worked again: {person.shown('error')}"
        failed += 1
        time.sleep(0.5)
    return failed


def test_it_fits_into_every_window(guestbook: Guestbook) -> None:
    for width, height in ((390, 844), (1280, 900)):
        with browser(width, height) as person:
            person.open(guestbook.page(1)).write("A word that is very long: " + "x" * 300)
            person.open(guestbook.page(1)).write("A short one.")
            person.picture(f"window-{width}")
            assert not person.is_wider_than_its_window(), width
