"""Durations and quantities as people write them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from vitessctl.model.durations import seconds
from vitessctl.model.quantities import quantity, shown


@pytest.mark.parametrize(
    ("text", "number"),
    [("90s", 90), ("3m", 180), ("1h", 3600), ("500ms", 0.5), ("45", 45), ("1.5m", 90), ("0.25s", 0.25)],
)
def test_a_duration_in_seconds(text: str, number: float) -> None:
    assert seconds(text) == number


@pytest.mark.parametrize("text", ["", "m", "3 m", "3d", "-3s", "1h30m", "3m\n", "1e3s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration: write a number and a unit, like 90s, 3m or 1h"):
        seconds(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("500m", Fraction(1, 2)),
        ("2", 2),
        ("0.1", Fraction(1, 10)),
        ("1k", 1000),
        ("1M", 10**6),
        ("1.5Gi", 3 * 2**29),
        ("512Mi", 2**29),
        ("1Ki", 1024),
        ("1Ei", 2**60),
        ("1e3", 1000),
        ("12E6", 12 * 10**6),
        ("5E", 5 * 10**18),
        ("250000000n", Fraction(1, 4)),
    ],
)
def test_a_quantity_is_exact(text: str, number: Fraction) -> None:
    assert quantity(text) == number


@pytest.mark.parametrize("text", ["", "Mi", "1 Gi", "1GB", "-1", "1K", "1Gi\n", "1e", "1e999"])
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity: write a number and a unit, like 500m, 2, 512Mi or 10Gi"):
        quantity(text)


@pytest.mark.parametrize(
    ("resource", "amount", "text"),
    [
        ("cpu", Fraction(1, 2), "500m"),
        ("requests.cpu", Fraction(2), "2"),
        ("memory", Fraction(2**40), "1Ti"),
        ("limits.memory", Fraction(24689940 * 1024), "23Gi"),
        ("requests.storage", Fraction(31 * 2**30), "31Gi"),
        ("memory", Fraction(3 * 2**29), "1536Mi"),
        ("memory", Fraction(1000), "1000"),
        ("pods", Fraction(7), "7"),
    ],
)
def test_an_amount_is_shown_as_a_person_would_write_it(resource: str, amount: Fraction, text: str) -> None:
    assert shown(resource, amount) == text
