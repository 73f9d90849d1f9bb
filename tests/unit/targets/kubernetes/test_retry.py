"""Which answers are asked for again, as a pure decision, and what transport says of what it met."""

from __future__ import annotations

import json
import socket
import ssl

import pytest

from vitessctl.targets.kubernetes.retry import Again, Patience, after_answer, after_cut
from vitessctl.targets.kubernetes.transport import Answer, Cut, explained

PATIENCE = Patience(first_pause=1.0, longest_pause=4.0)


def answer(code: int, message: str = "", **headers: str) -> Answer:
    body = json.dumps({"kind": "Status", "message": message}).encode()
    return Answer(code, {key.replace("_", "-"): value for key, value in headers.items()}, body)


def test_pauses_double_up_to_a_limit() -> None:
    assert [PATIENCE.pause(attempt) for attempt in (1, 2, 3, 4, 50)] == [1.0, 2.0, 4.0, 4.0, 4.0]


@pytest.mark.parametrize(
    ("got", "again"),
    [
        (answer(200), None),
        (answer(400), None),
        (answer(404), None),
        (answer(422), None),
        (answer(429, Retry_After="7"), Again(7.0, unsure=False)),
        (answer(429, Retry_After="soon"), Again(1.0, unsure=False)),
        (answer(503), Again(1.0, unsure=False)),
        (answer(504), Again(1.0, unsure=True)),
        (answer(500, "etcdserver: leader changed"), Again(1.0, unsure=True)),
        (answer(500, "etcdserver: request timed out"), Again(1.0, unsure=True)),
        (answer(500, "nil pointer"), None),
        (answer(500, 'admission webhook "x" timed out'), None),
        (answer(409), None),
    ],
)
def test_answers(got: Answer, again: Again | None) -> None:
    assert after_answer(got, 1, PATIENCE, apply=False, now=0.0) == again


def test_no_answer() -> None:
    refused, lost = Cut("connection refused", sent=False), Cut("the connection broke off", sent=True)
    assert after_cut(refused, 1, PATIENCE, known=False) is None
    assert after_cut(refused, 1, PATIENCE, known=True) == Again(1.0, unsure=False)
    assert after_cut(lost, 2, PATIENCE, known=False) == Again(2.0, unsure=True)
    assert after_cut(Cut("its certificate is not trusted", sent=False, lasting=True), 1, PATIENCE, known=True) is None


def untrusted(message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = message
    return error


@pytest.mark.parametrize(
    ("error", "why", "fix"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "connection refused", ""),
        (socket.gaierror(-2, "Name or service not known"), "its name is not known: Name or service not known", ""),
        (TimeoutError("timed out"), "it does not answer in time", ""),
        (ConnectionResetError(104, "Reset by peer"), "the connection broke off: Reset by peer", ""),
        (untrusted("self-signed certificate"), "its certificate is not trusted: self-signed certificate",
         "check certificate-authority-data"),
        (untrusted("Missing Authority Key Identifier"),
         "its certificate is not trusted: Missing Authority Key Identifier", "VITESSCTL_RELAXED_TLS=1"),
    ],
)  # fmt: skip
def test_why_there_is_no_answer(error: Exception, why: str, fix: str) -> None:
    from urllib3.exceptions import ProtocolError

    for raised in (error, ProtocolError("Connection aborted.", error)):
        with pytest.raises(Cut) as cut, explained():
            raise raised
        assert cut.value.why == why
        assert cut.value.fix.startswith(fix) or fix in cut.value.fix


def test_mistakes_of_our_own_are_not_hidden() -> None:
    with pytest.raises(AttributeError), explained():
        raise AttributeError("no such thing")
