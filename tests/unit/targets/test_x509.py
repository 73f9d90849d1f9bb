"""How long certificates are valid: those of the folder beside were made with OpenSSL 3.0, on the dates they say."""

from __future__ import annotations

import base64
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitessctl.targets.x509 import Validity, validity

HERE = Path(__file__).parent / "certificates"


def at(*date: int) -> float:
    return datetime(*date, tzinfo=timezone.utc).timestamp()


def test_a_certificate_of_this_half_of_the_century() -> None:
    assert validity((HERE / "old.pem").read_bytes()) == Validity(at(2025, 1, 1), at(2026, 1, 1))


def test_a_certificate_that_ends_after_2049_writes_its_date_otherwise() -> None:
    assert validity((HERE / "far.pem").read_bytes()) == Validity(at(2026, 1, 1), at(2076, 1, 1))


def test_of_a_chain_the_one_counts_that_ends_first() -> None:
    assert validity((HERE / "chain.pem").read_bytes()).ends == at(2026, 1, 1)


def test_keys_and_words_beside_it_do_not_matter() -> None:
    text = b"# for the gate\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"

    assert validity(text + (HERE / "far.pem").read_bytes()).ends == at(2076, 1, 1)


def test_der_is_read_as_it_comes_from_a_handshake() -> None:
    pem = (HERE / "old.pem").read_text()
    der = base64.b64decode("".join(line for line in pem.splitlines() if not line.startswith("---")))

    assert validity(der) == validity(pem.encode())


@pytest.mark.parametrize("data", [b"", b"nothing of the kind", b"\x30\x82", b"\x30\x02\x30\x00"])
def test_what_is_no_certificate(data: bytes) -> None:
    with pytest.raises(ValueError, match="no certificate"):
        validity(data)


@given(st.binary(max_size=300), st.integers(0, 300))
def test_no_bytes_give_another_error(noise: bytes, cut: int) -> None:
    pem = (HERE / "old.pem").read_text()
    der = base64.b64decode("".join(line for line in pem.splitlines() if not line.startswith("---")))
    for data in (noise, der[:cut], der[:cut] + noise):
        try:
            validity(data)
        except ValueError:
            continue
