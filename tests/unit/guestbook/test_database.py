"""The messages in the database: reads from replicas, writes to the primary, and nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pymysql
import pytest
from guestbook import database
from guestbook.database import Answer, Message, Messages, Unavailable, connector
from guestbook.settings import Settings

from tests.unit.guestbook.store import PRIMARY, REPLICA, Vtgate

GONE = pymysql.OperationalError(1105, "target: messages.0.primary: no healthy tablet available")


@pytest.fixture
def vtgate() -> Any:
    found = Vtgate()
    yield found
    assert found.open == 0, "a connection was left open"


def messages(vtgate: Vtgate) -> Messages:
    return Messages(vtgate.connect, PRIMARY, REPLICA)


def test_a_message_is_written_to_the_primary_and_read_from_a_replica(vtgate: Vtgate) -> None:
    store = messages(vtgate)

    assert store.add(7, Message(1, "hello")) == Message(1, "hello")
    answer = store.newest(7)

    assert (answer.messages, answer.tablet_type) == ((Message(1, "hello"),), "replica")
    assert vtgate.asked == [PRIMARY, REPLICA]


def test_the_newest_come_first_and_only_so_many(vtgate: Vtgate) -> None:
    vtgate.rows = {(3, moment): f"number {moment}" for moment in range(80)} | {(4, 0): "another page"}

    found = messages(vtgate).newest(3).messages

    assert [message.created_ns for message in found] == list(range(79, 29, -1))


@pytest.mark.parametrize("where", ["refuses", "fails"])
def test_the_primary_is_read_where_no_replica_answers_and_it_is_said(vtgate: Vtgate, where: str) -> None:
    vtgate.rows = {(1, 1): "hello"}
    setattr(vtgate, where, {REPLICA: GONE})

    answer = messages(vtgate).newest(1)

    assert (len(answer.messages), answer.tablet_type) == (1, "primary")


def test_where_no_replica_can_be_named_the_primary_is_asked_once(vtgate: Vtgate) -> None:
    """As by a MySQL client of Vitess 2.1."""
    vtgate.rows = {(1, 1): "hello"}
    store = Messages(vtgate.connect, "messages", "messages")

    assert store.newest(1) == Answer((Message(1, "hello"),), "primary", from_replicas=False)
    vtgate.fails = {"messages": GONE}
    with pytest.raises(Unavailable):
        store.newest(1)
    assert vtgate.asked == ["messages", "messages"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (GONE, "target: messages.0.primary: no healthy tablet available"),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (TimeoutError("timed out"), "timed out"),
        (pymysql.OperationalError(), "OperationalError"),
    ],
)
def test_where_nobody_answers_the_last_words_are_told(vtgate: Vtgate, error: Exception, said: str) -> None:
    vtgate.refuses = {PRIMARY: error, REPLICA: error}
    with pytest.raises(Unavailable) as of_reading:
        messages(vtgate).newest(1)
    with pytest.raises(Unavailable) as of_writing:
        messages(vtgate).add(1, Message(1, "hello"))
    assert (str(of_reading.value), str(of_writing.value)) == (said, said)


def test_a_write_whose_confirmation_was_lost_can_be_tried_again(vtgate: Vtgate) -> None:
    store = messages(vtgate)
    vtgate.forgets = 1
    with pytest.raises(Unavailable, match="Lost connection"):
        store.add(1, Message(5, "hello"))

    assert store.add(1, Message(5, "hello")) == Message(5, "hello")
    assert vtgate.rows == {(1, 5): "hello"}


def test_two_messages_of_one_moment_are_both_kept(vtgate: Vtgate) -> None:
    store = messages(vtgate)
    store.add(1, Message(5, "hers"))

    assert store.add(1, Message(5, "his")) == Message(6, "his")
    assert vtgate.rows == {(1, 5): "hers", (1, 6): "his"}


def test_an_error_of_another_kind_is_no_success(vtgate: Vtgate) -> None:
    vtgate.fails = {PRIMARY: pymysql.IntegrityError(1048, "Column 'message' cannot be null")}
    with pytest.raises(Unavailable, match="cannot be null"):
        messages(vtgate).add(1, Message(5, "hello"))


@pytest.mark.parametrize(
    ("stored", "shown"), [("text", "text"), ("Grüße".encode(), "Grüße"), (b"\xff", "�"), (None, "")]
)
def test_what_an_old_vtgate_gives_as_bytes_is_text(vtgate: Vtgate, stored: Any, shown: str) -> None:
    vtgate.rows = {(1, 1): stored}
    assert messages(vtgate).newest(1).messages == (Message(1, shown),)


def test_no_value_is_ever_part_of_a_statement() -> None:
    for sql in (database.SELECT, database.INSERT, database.ONE):
        assert "%s" in sql
        assert not set("'\"{;") & set(sql)


def test_a_connection_has_an_end_and_the_password_of_the_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(database, "Silent", lambda **settings: seen.append(settings))
    file = tmp_path / "password"
    connect = connector(Settings("gate", 3306, PRIMARY, REPLICA, "app", file))

    for password in ("first", "second"):
        file.write_text(password)
        connect(REPLICA, 3)

    assert [settings["password"] for settings in seen] == ["first", "second"]
    last = seen[-1]
    assert (last["host"], last["port"], last["user"], last["database"]) == ("gate", 3306, "app", REPLICA)
    assert (last["connect_timeout"], last["read_timeout"], last["write_timeout"]) == (2, 3, 3)


def test_a_password_that_cannot_be_read_is_a_database_that_does_not_answer(tmp_path: Path) -> None:
    connect = connector(Settings("gate", 3306, PRIMARY, REPLICA, password_file=tmp_path / "nothing"))
    with pytest.raises(Unavailable, match="No such file"):
        Messages(connect, PRIMARY, REPLICA).newest(1)
