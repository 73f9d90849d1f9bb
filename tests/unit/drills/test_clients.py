"""Clients that go on whatever vtgate says, and remember each answer."""

from __future__ import annotations

import pytest

from tests.unit.drills.doubles import Clock, Gate
from vitessctl.drills.clients import FIRST_COUNT, Client, Clients
from vitessctl.errors import NotReadyError
from vitessctl.vtctld.errors import VtctldError


def a_writer(gate: Gate) -> Client:
    """It writes its number."""
    return Client("writes", lambda: gate.connect("messages"), lambda n: f"insert into t (id) values ({n})", Clock())


def test_each_statement_has_its_number_and_its_outcome() -> None:
    gate = Gate()
    client = a_writer(gate)

    client.ask()
    client.ask()

    assert gate.rows == {1, 2}
    assert client.worked == [1, 2]
    assert gate.opened == ["messages"]


def test_a_number_that_failed_is_not_used_again() -> None:
    """Else a row that came after all would stand for one that was acknowledged."""
    gate = Gate(refuses="no healthy tablet")
    client = a_writer(gate)

    client.ask()
    gate.refuses = ""
    client.ask()

    assert (client.worked, gate.rows) == ([2], {2})
    assert client.outcomes[0].error == "no healthy tablet"
    assert len(gate.opened) == 1


def test_a_session_that_broke_is_opened_anew() -> None:
    gate = Gate()
    client = a_writer(gate)
    client.ask()
    gate.down = True
    client.ask()
    client.ask()
    gate.down = False

    client.ask()

    assert [each.error for each in client.outcomes] == ["", "Lost connection", "Connection refused", ""]
    assert (len(gate.opened), gate.closed) == (2, 1)


def test_vtgates_own_words_are_kept() -> None:
    """The sentence of the table of refusals may be about vtctld."""
    error = VtctldError("Query did not end in time", why="vtctld ended the call")
    error.text = "vttablet: Stream removed"
    client = Client("reads", lambda: (_ for _ in ()).throw(error), lambda _: ["select 1"], Clock())

    client.ask()

    assert client.outcomes[0].error == "vttablet: Stream removed"


def test_a_writer_and_readers_of_each_type_work_side_by_side() -> None:
    gate = Gate()
    clients = Clients(gate.connect, "commerce:-80", "t", Clock(), replicas=True)

    with clients:
        clients.until_all_work()

    assert sorted(gate.opened) == ["commerce:-80", "commerce:-80", "commerce:-80@replica"]
    assert len(clients.writer.worked) >= FIRST_COUNT
    assert gate.closed == 3
    assert not any(client.is_alive() for client in (clients.writer, *clients.readers.values()))


def test_without_replicas_nobody_reads_there() -> None:
    assert list(Clients(Gate().connect, "messages", "t", Clock(), replicas=False).readers) == ["primary"]


def test_clients_that_never_work_say_what_they_were_told() -> None:
    clients = Clients(Gate(refuses="table not found").connect, "messages", "t", Clock(), replicas=False)

    with clients, pytest.raises(NotReadyError, match="so nothing was killed") as refused:
        clients.until_all_work()

    assert refused.value.why == "table not found"
